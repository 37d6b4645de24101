// Fills the database of the peers.
import type { Db } from 'mongodb'
import { progressId, type PeerAccount, type PeerProgress } from './peer-data.js'
import type { TestData } from './test-data.js'

const INSERT_BATCH_SIZE = 2_000

/** Inserts in batches. The server assigns no fields. */
async function insertAll<T extends object> (db: Db, collection: string, documents: Iterable<T>): Promise<void> {
  let batch: T[] = []
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await db.collection(collection).insertMany(batch, { ordered: false })
    batch = []
  }
  for (const document of documents) {
    batch.push(document)
    if (batch.length === INSERT_BATCH_SIZE) await flush()
  }
  await flush()
}

/** @param passwordHash bcrypt hash of the password of every account */
export async function insertPeerData (db: Db, data: TestData, passwordHash: string): Promise<void> {
  // Before the data: the fallback server is slow at indexing a large collection.
  await db.collection('titles').createIndex({ kind: 1, genres: 1, popularity: -1 })
  await db.collection('accounts').createIndex({ email: 1 }, { unique: true })
  await db.collection('progress').createIndex({ profile: 1, finished: 1, at: -1 })
  await insertAll(db, 'titles', data.peerTitles)
  await insertAll(
    db,
    'accounts',
    data.households.map(({ id, email, profiles }): PeerAccount => ({
      _id: id,
      email,
      passwordHash,
      profiles: profiles.map((profile, i) => ({ id: profile.id, name: `Profile ${i + 1}` })),
    })),
  )
  await insertAll(db, 'progress', listProgress(data))
}

export function* listProgress ({ households }: TestData): Generator<PeerProgress> {
  for (const { id: account, profiles } of households) {
    for (const { id: profile, watched } of profiles) {
      for (const { item, isFinished, at, durationMs } of watched) {
        yield {
          _id: progressId({ account, profile, item: item.item.toString() }),
          account,
          profile,
          title: item.title.toString(),
          item: item.item.toString(),
          positionMs: Math.floor(durationMs * (isFinished ? 0.97 : 0.4)),
          durationMs,
          finished: isFinished,
          at,
        }
      }
    }
  }
}
