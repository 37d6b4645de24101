import neostandard from 'neostandard'

export default [
  ...neostandard({ ts: true, noJsx: true, ignores: ['dist/**', '.data/**', '.cache/**', '.tap/**', 'coverage/**'] }),
  {
    files: ['src/**/*.ts', 'models/**/*.ts', 'routes/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
]
