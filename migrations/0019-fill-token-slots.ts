// Tokens and service accounts have slots, whose unique indexes limit their number.
import type { mongo } from 'mongoose'
import type { Migration } from './migration.js'

export const migration: Migration = {
  name: '0019-fill-token-slots',
  async up (db) {
    await fillSlots(db.collection('apitokens'), ({ account }) => String(account))
    await fillSlots(db.collection('serviceaccounts'), () => '')
  },
}

/** Gives documents without a slot the first free ones of their group. */
async function fillSlots (
  collection: mongo.Collection,
  groupOf: (document: mongo.Document) => string,
): Promise<void> {
  const documents = await collection.find().sort({ _id: 1 }).toArray()
  const taken = new Set(documents.map((document) => `${groupOf(document)} ${String(document['slot'])}`))
  for (const document of documents) {
    if (document['slot'] !== undefined) continue
    let slot = 0
    while (taken.has(`${groupOf(document)} ${slot}`)) slot++
    taken.add(`${groupOf(document)} ${slot}`)
    await collection.updateOne({ _id: document._id }, { $set: { slot } })
  }
}
