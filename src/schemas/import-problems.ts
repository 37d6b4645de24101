// Problems of catalogue imports.
import type { ProblemDescription } from './conflict-problems.js'

export const IMPORT_PROBLEMS = {
  'duplicate-import-field': {
    statuses: [400],
    title: 'Field mapped twice',
    advice: 'map one column to each field, and `ignore` the others; nothing was imported',
  },
  'empty-import': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send the lines in the body',
  },
  'import-interrupted': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send the file again; the lines before the interruption were imported',
  },
  'mapping-needs-csv': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'omit `map`, or send CSV: other formats name their fields',
  },
  'missing-import-field': {
    statuses: [400],
    title: 'Required field not mapped',
    advice: 'map a column to `title`; nothing was imported',
  },
  'unknown-import-column': {
    statuses: [400],
    title: 'Unknown column',
    advice: 'map columns of the file only; `previewImport` lists them; nothing was imported',
  },
  'unknown-import-field': {
    statuses: [400],
    title: 'Unknown field',
    advice: 'map to fields of the import format or to `ignore`; nothing was imported',
  },
  'unreadable-import': {
    statuses: [400],
    title: 'Unreadable import',
    advice: 'correct the file from `line` on and send it again; the lines before were imported',
  },
} as const satisfies Readonly<Record<string, ProblemDescription>>
