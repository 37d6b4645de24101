// Documents whose owner is gone: of accounts, of profiles, of titles. An erasure that broke off leaves such.
import mongoose, { type Model, type Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { ChangeLog } from '../../models/change-log.js'
import { Image, type StoredImage } from '../../models/image.js'
import { EmailToken } from '../../models/email-token.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { Play } from '../../models/play.js'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import { Session } from '../../models/session.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Title } from '../../models/title.js'
import { SoftDeleted, Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { removeMediaBytes, removeObjects } from '../media/object-cleanup.js'
import type { Check, DoctorDeps, Finding } from './findings.js'

interface Owned {
  readonly model: Model<unknown>
  readonly account: string
  /** Where the profile is; null: of the account as a whole. */
  readonly profile: string | null
}

const owned = (model: unknown, account: string, profile: string | null): Owned => ({
  model: model as Model<unknown>,
  account,
  profile,
})

const OWNED: readonly Owned[] = [
  ...[Play, WatchArchive, ProfileTitlePreferences, Undo, SoftDeleted].map((model) =>
    owned(model, 'account', 'profile')
  ),
  owned(WishlistOrder, 'account', '_id'),
  owned(ChangeLog, 'account', '_id'),
  owned(Session, 'account', null),
  owned(EmailToken, 'account', null),
  owned(IdempotencyRecord, 'account', null),
  owned(AccountStreams, '_id', null),
]

/** Account null: it belongs to nobody, as the catalogue's own log does. */
interface Group {
  readonly _id: { readonly account: Types.ObjectId | null, readonly profile: Types.ObjectId | null }
  readonly count: number
}

/** Documents of accounts or profiles that are gone. */
export const ownerlessDocuments: Check = {
  name: 'owners',
  async *find (_services, look) {
    for (const { model, account, profile } of OWNED) {
      const groups = model.aggregate<Group>([{
        $group: {
          _id: { account: `$${account}`, profile: profile === null ? null : `$${profile}` },
          count: { $sum: 1 },
        },
      }]).cursor()
      for await (const { _id, count } of groups as AsyncIterable<Group>) {
        look()
        const { account: owner } = _id
        const missing = owner === null ? null : await missingOwner(owner, _id.profile)
        if (owner === null || missing === null) continue
        const filter = missing === 'account' || profile === null ? { [account]: owner } : { [profile]: _id.profile }
        yield {
          subject: `${model.collection.name} of account ${owner.toString()}`,
          problem: missing === 'account'
            ? `${count} of an account that is gone`
            : `${count} of profile ${String(_id.profile)}, which is gone`,
          mend: async () => {
            if (await missingOwner(owner, _id.profile) === missing) await model.deleteMany(filter as never)
          },
        }
      }
    }
  },
}

/** Owners are made before what they own, and ids never come again: an owner that is missing afterwards is gone. */
async function missingOwner (
  account: Types.ObjectId,
  profile: Types.ObjectId | null,
): Promise<'account' | 'profile' | null> {
  const found = await Account.findById(account).select('profiles._id').lean<Pick<StoredAccount, 'profiles'>>()
  if (found === null) return 'account'
  return profile === null || found.profiles.some(({ _id }) => _id.equals(profile)) ? null : 'profile'
}

/** Media files and pictures of titles that are gone, with their bytes. */
export const titlelessMedia: Check = {
  name: 'titles',
  async *find (services, look) {
    for await (
      const media of Media.find().select('title').lean<StoredMedia[]>().cursor() as AsyncIterable<StoredMedia>
    ) {
      look()
      if (await hasTitle(media.title)) continue
      yield {
        subject: `media of item ${media._id.toString()}`,
        problem: `title ${media.title.toString()} is gone`,
        mend: async () => {
          await removeMedia(services, media._id)
        },
      }
    }
    for await (const image of Image.find().lean<StoredImage[]>().cursor() as AsyncIterable<StoredImage>) {
      look()
      if (!await hasTitle(image.title)) yield imageFinding(services, image)
    }
  },
}

async function hasTitle (titleId: Types.ObjectId): Promise<boolean> {
  return await Title.exists({ _id: titleId }) !== null
}

async function removeMedia (services: DoctorDeps, itemId: Types.ObjectId): Promise<void> {
  const media = await Media.find({ _id: mongoose.trusted({ $in: [itemId] }) }).lean<StoredMedia[]>()
  await Media.deleteOne({ _id: itemId })
  await removeMediaBytes(services, media)
}

function imageFinding (services: DoctorDeps, { _id, title, storageKey }: StoredImage): Finding {
  return {
    subject: `image ${_id.toString()}`,
    problem: `title ${title.toString()} is gone`,
    mend: async () => {
      await Image.deleteOne({ _id })
      await removeObjects(services, [storageKey])
    },
  }
}
