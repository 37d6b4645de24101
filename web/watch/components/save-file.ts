// Saves a file that the page received.

/** The browser reads the file after the click. */
const REVOKE_AFTER_MS = 60_000

export function saveFile (file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, REVOKE_AFTER_MS)
}

/** Returns a name with the date of today, such as "history-2026-01-31.csv". */
export function datedName (name: string, extension: string): string {
  return `${name}-${new Date().toISOString().slice(0, 10)}.${extension}`
}
