import neostandard from 'neostandard'

export default [
  ...neostandard({
    ts: true,
    noJsx: true,
    noStyle: true,
    ignores: ['dist/**', '.data/**', '.cache/**', '.tap/**', 'coverage/**', 'web/generated/**'],
  }),
  { rules: { 'max-len': ['error', { code: 120, tabWidth: 2 }] } },
  // A promise that is left to itself says so.
  { rules: { 'no-void': ['error', { allowAsStatement: true }] } },
  {
    files: ['src/**/*.ts', 'models/**/*.ts', 'migrations/**/*.ts', 'routes/**/*.ts', 'bench/**/*.ts', 'web/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  // A schema and its type share a name; the compiler reports other redeclarations.
  { files: ['src/schemas/**/*.ts'], rules: { '@typescript-eslint/no-redeclare': 'off' } },
]
