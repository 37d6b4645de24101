// Whether a file is a program that this user may run, for tests that need one that may not be installed.
import { accessSync, constants } from 'node:fs'

export function canRun (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
