// Reads stored files by programs, which see an outage of the storage as a damaged file.
import type { CatalogueFile } from '../../catalogue/store/catalogue.js'
import type { MediaStorage } from '../../storage/storage.js'

/**
 * Reads a stored file by a program, and repeats it once: a program cannot tell a damaged file from a storage that did
 * not respond.
 * @throws DomainError 503 `storage-unavailable`
 */
export async function readStored<Result extends { readonly ok: boolean }> (
  storage: MediaStorage,
  { storageKey }: Pick<CatalogueFile, 'storageKey'>,
  read: () => Promise<Result>,
): Promise<Result> {
  const result = await read()
  if (result.ok) return result
  await storage.stat(storageKey)
  const repeated = await read()
  if (!repeated.ok) await storage.stat(storageKey)
  return repeated
}
