// An episode in memory, and the watch order of the episodes of a show.
import type { Chapter, Markers } from '../../../models/title.js'
import { containedNumbers } from '../../domain/media-span.js'
import { compareOrderKeys, type WatchOrderKey } from '../../domain/watch-order.js'
import type { CatalogueItem, CatalogueTranslation } from './catalogue.js'
import { unpackChapters, unpackDate, type PackedChapters, type PackedDate } from './packed-fields.js'

export const NO_TRANSLATIONS: readonly CatalogueTranslation[] = []

export interface EpisodeFields {
  readonly id: string
  readonly season: number
  readonly episode: number
  readonly name: string
  readonly runtimeMs: number | null
  readonly airDate: PackedDate
  /** Null if all have their default. */
  readonly rare: RareEpisodeFields | null
}

export interface RareEpisodeFields {
  readonly translations: readonly CatalogueTranslation[]
  readonly markers: Markers | null
  readonly chapters: PackedChapters
  /** Where a special is in the watch order. */
  readonly placedAfter: { readonly season: number, readonly episode: number } | null
  readonly mediaSpan: number
}

const NO_RARE_EPISODE_FIELDS: RareEpisodeFields = {
  translations: NO_TRANSLATIONS,
  markers: null,
  chapters: null,
  placedAfter: null,
  mediaSpan: 1,
}

export class CompactEpisode implements CatalogueItem {
  readonly id: string
  readonly titleId: string
  readonly season: number
  readonly episode: number
  readonly name: string
  readonly runtimeMs: number | null
  readonly packedAirDate: PackedDate
  readonly rare: RareEpisodeFields

  constructor (titleId: string, { id, season, episode, name, runtimeMs, airDate, rare }: EpisodeFields) {
    this.id = id
    this.titleId = titleId
    this.season = season
    this.episode = episode
    this.name = name
    this.runtimeMs = runtimeMs
    this.packedAirDate = airDate
    this.rare = rare ?? NO_RARE_EPISODE_FIELDS
  }

  get rareOrNull (): RareEpisodeFields | null {
    return this.rare === NO_RARE_EPISODE_FIELDS ? null : this.rare
  }

  get airDate (): string | null {
    return unpackDate(this.packedAirDate)
  }

  get translations (): readonly CatalogueTranslation[] {
    return this.rare.translations
  }

  get markers (): Markers | null {
    return this.rare.markers
  }

  get chapters (): readonly Chapter[] {
    return unpackChapters(this.rare.chapters)
  }

  get mediaSpan (): number {
    return this.rare.mediaSpan
  }

  get orderKey (): WatchOrderKey | null {
    const { season, episode, rare: { placedAfter } } = this
    if (season > 0) return { season, episode, special: 0 }
    // Specials can have the number 0. Adding 1 keeps a placed special behind its regular episode.
    return placedAfter === null ? null : { ...placedAfter, special: episode + 1 }
  }
}

/** The same array if all episodes are in order, which saves memory. */
export function inWatchOrder (items: readonly CatalogueItem[]): readonly CatalogueItem[] {
  if (items.every(({ season, mediaSpan }) => season > 0 && mediaSpan === 1)) return items
  const contained = listContained(items)
  const ordered = items.flatMap((item) =>
    item.orderKey === null || contained.has(item) ? [] : [{ item, key: item.orderKey }]
  )
  return ordered.sort((a, b) => compareOrderKeys(a.key, b.key)).map(({ item }) => item)
}

/** Episodes that the media of another one contains. */
function listContained (items: readonly CatalogueItem[]): ReadonlySet<CatalogueItem> {
  const contained = items.filter(({ mediaSpan }) => mediaSpan > 1).flatMap((container) => {
    const numbers = containedNumbers({ number: container.episode, mediaSpan: container.mediaSpan })
    return items.filter(({ season, episode }) => season === container.season && numbers.includes(episode))
  })
  return new Set(contained)
}
