// Measures the errors of a storage by operation. An object that does not exist is a result, not an error.
import { publishMeasurement } from '../measurements.js'
import { InvalidStorageKeyError, ObjectNotFoundError, type MediaStorage } from './storage.js'

/** Returns a storage that behaves like the given one. */
export function measureStorage (storage: MediaStorage): MediaStorage {
  return new Proxy(storage, {
    get (target, operation) {
      const method: unknown = Reflect.get(target, operation)
      if (typeof method !== 'function' || typeof operation !== 'string') return method
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = method.apply(target, args)
        if (result instanceof Promise) result.catch((error: unknown) => publishError(operation, error))
        return result
      }
    },
  })
}

function publishError (operation: string, error: unknown): void {
  if (error instanceof ObjectNotFoundError || error instanceof InvalidStorageKeyError) return
  publishMeasurement('storage-error', { operation })
}
