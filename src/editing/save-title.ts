// Saves a title, with the event when it becomes published.
import mongoose from 'mongoose'
import type { StoredTitle } from '../../models/title.js'
import type { NewWebhookEvent } from '../domain/webhook-events.js'
import { conflict, preconditionFailed } from '../errors.js'
import { runOnce, WriteConflictError, type WebhookOutbox, type WriteSession } from '../webhooks/outbox.js'

/** A movie or show as Mongoose document. */
interface TitleDocument {
  save(options: { session: WriteSession }): Promise<unknown>
  toObject(): unknown
}

/**
 * Saves a new title.
 * @param build runs again after a conflict
 * @throws the errors of the model
 */
export async function insertTitle<T extends TitleDocument> (
  { events }: { readonly events: WebhookOutbox },
  build: () => T,
): Promise<T> {
  return await events.writeWithEvents('title.published', async (session) => {
    const document = build()
    await document.save({ session })
    return document
  }, (document) => toPublishedEvents(document.toObject() as StoredTitle))
}

/**
 * Saves a title that was loaded at the expected revision.
 * @param wasPublished in the database
 * @param expectedRevision null for any
 * @throws DomainError as `saveRevision`
 */
export async function saveTitle (
  { events }: { readonly events: WebhookOutbox },
  document: TitleDocument,
  wasPublished: boolean,
  expectedRevision: number | null,
): Promise<void> {
  const save = async (session: WriteSession): Promise<void> => {
    await saveRevision({ save: async () => await document.save({ session }) }, expectedRevision)
  }
  if (wasPublished) await save(null)
  else {
    await events.writeWithEvents(
      'title.published',
      runOnce(save),
      () => toPublishedEvents(document.toObject() as StoredTitle),
    ).catch((error: unknown) => {
      if (!(error instanceof WriteConflictError)) throw error
      throw expectedRevision === null
        ? conflict('edit-conflict', 'Edit conflict', 'The title was changed at the same time. Repeat the change.')
        : preconditionFailed()
    })
  }
}

/**
 * Saves a document that was loaded at the expected revision.
 * @param expected null for any
 * @throws DomainError 412 `precondition-failed` if another write came first, and the errors of the model
 */
export async function saveRevision (document: { save(): Promise<unknown> }, expected: number | null): Promise<void> {
  try {
    await document.save()
  } catch (error) {
    throw expected !== null && error instanceof mongoose.Error.VersionError ? preconditionFailed() : error
  }
}

type PublishedFields = Pick<
  StoredTitle,
  '_id' | 'kind' | 'title' | 'year' | 'availableFrom' | 'availableUntil' | 'published'
>

/** The event of a title that was not published before; none if it is not published now. */
export function toPublishedEvents (title: PublishedFields): Array<NewWebhookEvent<'title.published'>> {
  if (!title.published) return []
  const data = {
    titleId: title._id.toString(),
    kind: title.kind,
    title: title.title,
    year: title.year,
    availableFrom: title.availableFrom?.toISOString() ?? null,
    availableUntil: title.availableUntil?.toISOString() ?? null,
  }
  return [{ data, key: null }]
}
