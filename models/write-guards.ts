// Shared by the schema hooks that guard a path on every write method: finds the paths that an update writes.
import type { UpdateQuery, UpdateWithAggregationPipeline } from 'mongoose'

/** The query methods that update documents in place. */
export const UPDATE_METHODS = ['updateOne', 'updateMany', 'findOneAndUpdate'] as const
/** The query methods that replace whole documents. */
export const REPLACE_METHODS = ['replaceOne', 'findOneAndReplace'] as const

export type AnyUpdate = UpdateQuery<unknown> | UpdateWithAggregationPipeline | null

/** A path that an update writes, with its operator; `pipeline` for aggregation stages. */
export interface WrittenPath {
  readonly operator: string
  /** Empty for a stage that may write any path. */
  readonly path: string
  readonly value: unknown
}

/** A write that would bypass a schema hook: a mistake in the code, never one of a client. */
export class UnguardedWriteError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'UnguardedWriteError'
  }
}

/** Lists the paths that an update writes. Fields without an operator count as `$set`. */
export function writtenPaths (update: AnyUpdate): WrittenPath[] {
  if (update === null) return []
  if (Array.isArray(update)) return update.flatMap((stage) => pathsOfStage(stage as unknown as Record<string, unknown>))
  return Object.entries(update).flatMap(([key, value]) =>
    key.startsWith('$')
      ? pathsOfOperator(key, value as Record<string, unknown>)
      : [{ operator: '$set', path: key, value }]
  )
}

/** The part of a Mongoose query that the hooks read. */
interface UpdateQueryState {
  getUpdate(): AnyUpdate
  getFilter(): Record<string, unknown>
  getOptions(): { readonly upsert?: boolean | undefined }
}

/** Lists the paths that an update query writes, also those that an upsert copies from its filter. */
export function writtenPathsOfQuery (query: UpdateQueryState): WrittenPath[] {
  const paths = writtenPaths(query.getUpdate())
  return query.getOptions().upsert === true ? [...paths, ...pathsOfFilter(query.getFilter())] : paths
}

/** Lists the paths of a filter. An upsert inserts those that are compared for equality. */
export function pathsOfFilter (filter: Record<string, unknown>): WrittenPath[] {
  return Object.entries(filter).flatMap(([path, value]) => {
    if (!path.startsWith('$')) return [{ operator: 'upsert', path, value }]
    return Array.isArray(value) ? value.flatMap((part) => pathsOfFilter(part as Record<string, unknown>)) : []
  })
}

/** `$rename` writes two paths: it removes the old one and sets the new one. */
function pathsOfOperator (operator: string, operands: Record<string, unknown>): WrittenPath[] {
  return Object.entries(operands).flatMap(([path, value]) => {
    const written = { operator, path, value }
    return operator === '$rename' ? [written, { operator, path: String(value), value: path }] : [written]
  })
}

function pathsOfStage (stage: Record<string, unknown>): WrittenPath[] {
  return Object.entries(stage).flatMap(([stageName, value]) => {
    switch (stageName) {
      case '$unset':
        return [value].flat().map((path) => ({ operator: 'pipeline', path: String(path), value: null }))
      case '$set':
      case '$addFields':
        return Object.entries(value as Record<string, unknown>)
          .map(([path, expression]) => ({ operator: 'pipeline', path, value: expression }))
      default:
        // $replaceWith and $project may write any path.
        return [{ operator: 'pipeline', path: '', value }]
    }
  })
}

/** Returns the first segment of a path. */
export function rootSegment (path: string): string {
  return path.split('.')[0] ?? ''
}

/** Removes array positions from a path: `profiles.$[p].watchHistory.3.title` becomes `profiles.watchHistory.title`. */
export function withoutPositions (path: string): string {
  return path.split('.').filter((segment) => !/^(\d+|\$.*)$/.test(segment)).join('.')
}
