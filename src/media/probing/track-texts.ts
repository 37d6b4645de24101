// Languages and names of tracks, as containers state them. Imports no parser: the main thread loads this module.
/** ISO 639-2 codes for undetermined, multiple, uncoded and no linguistic content. */
const NO_LANGUAGE = ['und', 'mul', 'mis', 'zxx']
/** Menus show the name of a track. */
const MAX_NAME_LENGTH = 100

/** Containers use ISO 639-2 (`spa`, `ger`); BCP 47 requires the shortest code (`es`, `de`). */
export function toBcp47 (code: string): string | null {
  if (NO_LANGUAGE.includes(code)) return null
  try {
    return Intl.getCanonicalLocales(code)[0] ?? null
  } catch {
    return null
  }
}

export function toDisplayName (name: string | null): string | null {
  const displayName = (name ?? '').replace(/[\p{C}"]/gu, ' ').trim().slice(0, MAX_NAME_LENGTH)
  return displayName === '' ? null : displayName
}
