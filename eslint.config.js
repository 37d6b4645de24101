import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import neostandard from 'neostandard'

export default [
  ...neostandard({
    ts: true,
    noJsx: true,
    filesTs: ['web/**/*.tsx'],
    noStyle: true,
    ignores: ['dist/**', '.data/**', '.cache/**', '.tap/**', 'coverage/**', 'packages/client/{dist,src/generated}/**'],
  }),
  { rules: { 'max-len': ['error', { code: 120, tabWidth: 2 }] } },
  // A promise that is left to itself says so.
  { rules: { 'no-void': ['error', { allowAsStatement: true }] } },
  {
    files: [
      'src/**/*.ts',
      'models/**/*.ts',
      'migrations/**/*.ts',
      'routes/**/*.ts',
      'bench/**/*.ts',
      'packages/**/*.ts',
      'web/**/*.{ts,tsx}',
    ],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  { files: ['web/**/*.tsx'], ...jsxA11y.flatConfigs.recommended },
  {
    files: ['web/**/*.tsx'],
    rules: {
      // An event handler such as () => void save() ignores a promise.
      'no-void': 'off',
      // A page with one form begins in its first field; dialogs move the focus into them.
      'jsx-a11y/no-autofocus': 'off',
      // Lists handle the arrow keys of the links in them.
      'jsx-a11y/no-noninteractive-element-interactions': 'off',
    },
  },
  { files: ['web/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  // A schema and its type share a name; the compiler reports other redeclarations.
  { files: ['src/schemas/**/*.ts'], rules: { '@typescript-eslint/no-redeclare': 'off' } },
]
