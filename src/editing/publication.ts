// Publishes or unpublishes many titles, each on its own: one that fails does not stop the others.
import mongoose from 'mongoose'
import { Title, type StoredTitle } from '../../models/title.js'
import { DomainError } from '../errors.js'
import type { EditingDeps } from './edit-show.js'
import { editMovie, editShow } from './titles.js'

export interface PublicationResult {
  readonly titleId: string
  readonly result: 'changed' | 'unchanged' | 'not-found' | 'failed'
  /** Problem code and text of a failure; null otherwise. */
  readonly failure: { readonly code: string, readonly detail: string } | null
}

/** @returns one result per ID, in their order */
export async function publishTitles (
  deps: EditingDeps,
  titleIds: readonly string[],
  published: boolean,
): Promise<PublicationResult[]> {
  const stored = await Title.find({ _id: mongoose.trusted({ $in: titleIds }) }).select('kind published')
    .lean<Array<Pick<StoredTitle, '_id' | 'kind' | 'published'>>>()
  const titles = new Map(stored.map((title) => [title._id.toString(), title]))
  const results: PublicationResult[] = []
  for (const titleId of titleIds) {
    const title = titles.get(titleId)
    if (title === undefined) results.push({ titleId, result: 'not-found', failure: null })
    else if (title.published === published) results.push({ titleId, result: 'unchanged', failure: null })
    else results.push(await publishTitle(deps, titleId, title.kind, published))
  }
  return results
}

async function publishTitle (
  deps: EditingDeps,
  titleId: string,
  kind: StoredTitle['kind'],
  published: boolean,
): Promise<PublicationResult> {
  const edit = kind === 'movie' ? editMovie : editShow
  try {
    await edit(deps, titleId, { published }, 'merge', null)
    return { titleId, result: 'changed', failure: null }
  } catch (error) {
    if (error instanceof mongoose.Error.ValidationError) {
      const failure = { code: 'validation-failed', detail: 'A stored field of the title is invalid. Edit the title.' }
      return { titleId, result: 'failed', failure }
    }
    if (!(error instanceof DomainError)) throw error
    if (error.status === 404) return { titleId, result: 'not-found', failure: null }
    return { titleId, result: 'failed', failure: { code: error.code, detail: error.detail } }
  }
}
