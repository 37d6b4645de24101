// Accounts, profiles and email tokens get the numbers that bind tokens to a password and to a PIN. The keys of profile
// names fold case in every language; a name that is then taken twice gets a number, an invisible one a visible name.
import { createHash } from 'node:crypto'
import type { mongo } from 'mongoose'
import { fillElements, fillFields, type Migration } from './migration.js'

interface NamedProfile {
  readonly name: string
  readonly nameKey: string
}

/** Room for the number within the 50 characters of a name. */
const MAX_BASE_LENGTH = 45
const REPLACEMENT_NAME = 'Profile'
const MAX_NAME_KEY_LENGTH = 100
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu
const BLANK_SYMBOLS = /[\u{2800}\u{1D159}]/gu

export const migration: Migration = {
  name: '0009-bind-tokens-to-credentials',
  async up (db) {
    const accounts = db.collection('accounts')
    await fillFields(accounts, { credentialsVersion: 0, erasureStartedAt: null })
    await fillFields(db.collection('emailtokens'), { credentialsVersion: 0 })
    await accounts.updateMany({}, [{ $set: { profiles: fillElements('$profiles', 'profile', { pinVersion: 0 }) } }])
    for await (const account of accounts.find({}, { projection: { 'profiles.name': 1, 'profiles.nameKey': 1 } })) {
      const changes = findNameChanges(account['profiles'] as NamedProfile[])
      if (Object.keys(changes).length > 0) await accounts.updateOne({ _id: account._id }, { $set: changes })
    }
  },
}

function findNameChanges (profiles: readonly NamedProfile[]): mongo.Document {
  const takenKeys = new Set<string>()
  const changes: Record<string, string> = {}
  for (const [index, profile] of profiles.entries()) {
    const base = isVisibleName(profile.name) ? profile.name : REPLACEMENT_NAME
    let name = base
    for (let number = 2; takenKeys.has(profileNameKey(name)); number++) {
      name = `${[...base].slice(0, MAX_BASE_LENGTH).join('')} ${number}`
    }
    takenKeys.add(profileNameKey(name))
    if (name !== profile.name) changes[`profiles.${index}.name`] = name
    if (profileNameKey(name) !== profile.nameKey) changes[`profiles.${index}.nameKey`] = profileNameKey(name)
  }
  return changes
}

function isVisibleName (name: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name.replace(IGNORABLE, '').replace(BLANK_SYMBOLS, ''))
}

function profileNameKey (name: string): string {
  const text = name.normalize('NFKC').replace(IGNORABLE, '')
  const folded = text.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  const key = folded.replace(/i\u0307/g, 'i').trim()
  return key.length <= MAX_NAME_KEY_LENGTH ? key : createHash('sha256').update(key).digest('hex')
}
