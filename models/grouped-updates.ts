// Sends the updates of concurrent requests to one collection as one command (group commit). Each caller still waits
// until the database has acknowledged its update.
import mongoose from 'mongoose'
import { upsertOnce } from './upsert.js'

/** Updates of one command. */
const MAX_GROUP_SIZE = 100

/** An update of one document by ID that may be repeated: a group that fails in part runs again, one by one. */
export interface GroupedUpdate {
  readonly filter: { readonly _id: unknown }
  /** A pipeline, or operators. */
  readonly update: unknown
  readonly arrayFilters?: readonly object[]
  readonly upsert?: boolean
}

export interface UpdateGroup {
  /**
   * Sends an update, alone or with those of other callers.
   * @returns true when it changed or inserted its document; false when it changed nothing, or when that is unknown
   *   because another update of its command changed nothing
   */
  send(update: GroupedUpdate): Promise<boolean>
}

/** The two methods that a group calls. They bypass the hooks and casts of Mongoose. */
interface UpdatableCollection {
  updateOne(filter: never, update: never, options: never): Promise<mongoose.mongo.UpdateResult>
  bulkWrite(operations: never, options: never): Promise<mongoose.mongo.BulkWriteResult>
}

interface Waiting extends GroupedUpdate {
  resolve(isChanged: boolean): void
  reject(error: unknown): void
}

/** While a command is on its way, further updates wait and become the next one. */
export function createUpdateGroup (findCollection: () => UpdatableCollection): UpdateGroup {
  let waiting: Waiting[] = []
  let isSending = false

  async function sendOne ({ filter, update, arrayFilters = [], upsert = false }: GroupedUpdate): Promise<boolean> {
    const options = { upsert, ...(arrayFilters.length === 0 ? {} : { arrayFilters }) }
    const { modifiedCount, upsertedCount } = await upsertOnce(async () =>
      await findCollection().updateOne(filter as never, update as never, options as never)
    )
    return modifiedCount + upsertedCount > 0
  }

  function settleEach (group: readonly Waiting[]): void {
    for (const one of group) sendOne(one).then(one.resolve, one.reject)
  }

  async function sendGroup (group: readonly Waiting[]): Promise<void> {
    const [first] = group
    if (first !== undefined && group.length === 1) {
      await sendOne(first).then(first.resolve, first.reject)
      return
    }
    const operations = group.map(({ filter, update, arrayFilters = [], upsert = false }) => ({
      updateOne: { filter, update, upsert, ...(arrayFilters.length === 0 ? {} : { arrayFilters }) },
    }))
    try {
      const result = await findCollection().bulkWrite(operations as never, { ordered: false } as never)
      const haveAllChanged = result.modifiedCount + result.upsertedCount === group.length
      for (const one of group) one.resolve(haveAllChanged)
    } catch (error) {
      if (error instanceof mongoose.mongo.MongoBulkWriteError) settleEach(group)
      else for (const one of group) one.reject(error)
    }
  }

  async function sendWaiting (): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, MAX_GROUP_SIZE)
      waiting = waiting.slice(MAX_GROUP_SIZE)
      await sendGroup(group)
    }
    isSending = false
  }

  return {
    async send (update) {
      return await new Promise<boolean>((resolve, reject) => {
        waiting.push({ ...update, resolve, reject })
        if (isSending) return
        isSending = true
        // Requests that arrived together share the first command.
        setImmediate(sendWaiting)
      })
    },
  }
}
