// What the schema hooks share: which paths an update touches, whichever verb and operator it comes in.
import type { UpdateQuery, UpdateWithAggregationPipeline } from 'mongoose'

export type AnyUpdate = UpdateQuery<unknown> | UpdateWithAggregationPipeline | null

/** One path written by an update, with the operator that writes it (`pipeline` for aggregation stages). */
export interface WrittenPath {
  readonly operator: string
  readonly path: string
  readonly value: unknown
}

/** Lists every path an update writes; members without an operator are what `$set` would be. */
export function writtenPaths (update: AnyUpdate): WrittenPath[] {
  if (update === null) return []
  if (Array.isArray(update)) return update.flatMap((stage) => stageTouches(stage as unknown as Record<string, unknown>))
  return Object.entries(update).flatMap(([key, value]) =>
    key.startsWith('$')
      ? Object.entries(value as Record<string, unknown>).map(([path, part]) => ({ operator: key, path, value: part }))
      : [{ operator: '$set', path: key, value }]
  )
}

function stageTouches (stage: Record<string, unknown>): WrittenPath[] {
  return Object.entries(stage).flatMap(([operator, value]) => {
    if (operator === '$unset') {
      return [value].flat().map((path) => ({ operator: 'pipeline', path: String(path), value: null }))
    }
    if (operator === '$set' || operator === '$addFields') {
      return Object.entries(value as Record<string, unknown>).map(([path, part]) => ({
        operator: 'pipeline',
        path,
        value: part,
      }))
    }
    // $replaceWith and $project may write anything.
    return [{ operator: 'pipeline', path: '', value }]
  })
}

/** The first segment of a path. */
export function rootSegment (path: string): string {
  return path.split('.')[0] ?? ''
}

/** The path without array positions: `profiles.$[p].watchHistory.3.title` is `profiles.watchHistory.title`. */
export function withoutPositions (path: string): string {
  return path.split('.').filter((part) => !/^(\d+|\$.*)$/.test(part)).join('.')
}

/** A write that would go round a hook: a mistake in our code, never a client's. */
export class UnguardedWriteError extends Error {
  constructor (what: string) {
    super(what)
    this.name = 'UnguardedWriteError'
  }
}

export const UPDATE_METHODS = ['updateOne', 'updateMany', 'findOneAndUpdate'] as const
export const REPLACE_METHODS = ['replaceOne', 'findOneAndReplace'] as const
