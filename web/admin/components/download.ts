// Saves data that needs a token: the browser cannot send one with a link.

/** Saves a file in the folder for downloads. */
export function saveFile (content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
