// Whether a MongoDB answers at an address.
import mongoose from 'mongoose'

const TIMEOUT_MS = 1_500

export async function canConnect (uri: string): Promise<boolean> {
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: TIMEOUT_MS })
  try {
    await client.db().admin().ping()
    return true
  } catch {
    return false
  } finally {
    await client.close()
  }
}
