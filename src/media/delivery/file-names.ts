// File names under which clients save media files and subtitles (Content-Disposition, RFC 6266).
import { create } from 'content-disposition'
import type { Catalogue, CatalogueFile, CatalogueSubtitle } from '../../catalogue/store/catalogue.js'

/** File systems allow 255 bytes; a character has up to 3 in most scripts. */
const MAX_NAME_LENGTH = 80

/** Describes a media file: `The Matrix (1999).mp4`, `Fawlty Towers S01E02 The Builders.mkv`. */
export function mediaDisposition (catalogue: Catalogue, file: CatalogueFile): string {
  const edition = file.edition === null ? '' : ` ${file.edition}`
  return toDisposition(`${itemName(catalogue, file.itemId)}${edition}`, extensionOf(file))
}

/**
 * Describes subtitles: `Fawlty Towers S01E02 The Builders.de.forced.vtt`. The name is that of the media file up to the
 * language, so that players find them beside it.
 */
export function subtitleDisposition (
  catalogue: Catalogue,
  { itemId, language, kind }: CatalogueSubtitle,
): string {
  const suffix = kind === 'full' ? language : `${language}.${kind}`
  return toDisposition(itemName(catalogue, itemId), `${suffix}.vtt`)
}

function extensionOf ({ container, contentType }: CatalogueFile): string {
  return container ?? contentType.replace(/^.*\//, '').replace(/\W/g, '')
}

function itemName (catalogue: Catalogue, itemId: string): string {
  const item = catalogue.findItem(itemId)
  const title = item === null ? null : catalogue.findTitle(item.titleId)
  if (item === null || title === null) return ''
  if (title.kind === 'movie') return title.year === null ? title.title : `${title.title} (${title.year})`
  const number = (value: number): string => String(value).padStart(2, '0')
  const episode = `S${number(item.season)}E${number(item.episode)}`
  return [title.title, episode, item.name ?? ''].join(' ')
}

/**
 * Formats a header. Players show the file, so it is inline; download tools use its name.
 * @param name may contain characters that no file name has
 */
function toDisposition (name: string, extension: string): string {
  // Control characters, lone surrogates and unassigned characters, and what Windows does not allow.
  const cleanName = name.replace(/[\p{C}"*/:<>?\\|]+/gu, ' ').replace(/\s+/g, ' ')
  const shortName = [...cleanName].slice(0, MAX_NAME_LENGTH).join('').replace(/^[\s.]+|[\s.]+$/g, '') || 'video'
  const fileName = `${shortName}.${extension}`
  // For clients without RFC 8187, such as curl: letters without accents instead of question marks.
  const fallback = fileName.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^\x20-\x7e]/g, '_')
  return create(fileName, { type: 'inline', fallback })
}
