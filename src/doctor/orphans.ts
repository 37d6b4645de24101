// Documents whose account, profile or title does not exist: an interrupted deletion leaves them behind.
import mongoose, { type Model, type Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { ChangeLog } from '../../models/change-log.js'
import { EmailToken } from '../../models/email-token.js'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import type { StoredImage } from '../../models/image.js'
import { PersonPicture, type StoredPersonPicture } from '../../models/person-picture.js'
import { imageUrlOf } from '../media/images/image-slots.js'
import { removeImages } from '../media/images/images.js'
import { checkImages, isExpired } from '../media/images/unused-images.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { OutboxEmail } from '../../models/outbox-email.js'
import { Play } from '../../models/play.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Session } from '../../models/session.js'
import { SoftDeleted } from '../../models/soft-deleted.js'
import { Title } from '../../models/title.js'
import { Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { removeMediaObjects } from '../media/object-cleanup.js'
import type { Check, DoctorDeps, Finding } from './findings.js'

interface OwnedModel {
  readonly model: Model<unknown>
  /** Field with the ID of the account. */
  readonly accountField: string
  /** Field with the ID of the profile; null for documents of the whole account. */
  readonly profileField: string | null
}

const ownedModel = (model: unknown, accountField: string, profileField: string | null): OwnedModel => ({
  model: model as Model<unknown>,
  accountField,
  profileField,
})

const OWNED_MODELS: readonly OwnedModel[] = [
  ...[Play, WatchArchive, ProfileTitlePreferences, Undo, SoftDeleted].map((model) =>
    ownedModel(model, 'account', 'profile')
  ),
  ownedModel(WishlistOrder, 'account', '_id'),
  ownedModel(ChangeLog, 'account', '_id'),
  ownedModel(Session, 'account', null),
  ownedModel(EmailToken, 'account', null),
  ownedModel(OutboxEmail, 'account', null),
  ownedModel(IdempotencyRecord, 'account', null),
  ownedModel(AccountStreams, '_id', null),
]

/** The documents of one owner. The account is null for the change log of the catalogue. */
interface OwnerGroup {
  readonly _id: { readonly account: Types.ObjectId | null, readonly profile: Types.ObjectId | null }
  readonly count: number
}

/** Documents of accounts or profiles that do not exist. */
export const orphanedDocuments: Check = {
  name: 'orphaned-documents',
  objects: 'documents of accounts',
  async *find (_deps, countChecked) {
    for (const { model, accountField, profileField } of OWNED_MODELS) {
      const owner = { account: `$${accountField}`, profile: profileField === null ? null : `$${profileField}` }
      const groups = model.aggregate<OwnerGroup>([{ $group: { _id: owner, count: { $sum: 1 } } }]).cursor()
      for await (const { _id: { account, profile }, count } of groups as AsyncIterable<OwnerGroup>) {
        if (account === null) continue
        countChecked(count)
        const missing = await findMissingOwner(account, profile)
        if (missing === null) continue
        const isAccountMissing = missing === 'account' || profileField === null
        const filter = isAccountMissing ? { [accountField]: account } : { [profileField]: profile }
        yield {
          subject: `${model.collection.name} of account ${account.toString()}`,
          problem: missing === 'account'
            ? `${count} documents, but the account does not exist`
            : `${count} documents of profile ${String(profile)}, which does not exist`,
          fix: async () => {
            if (await findMissingOwner(account, profile) === missing) await model.deleteMany(filter as never)
          },
        }
      }
    }
  },
}

/** Owners exist before their documents, and IDs are never reused: an owner that is missing was deleted. */
async function findMissingOwner (
  account: Types.ObjectId,
  profile: Types.ObjectId | null,
): Promise<'account' | 'profile' | null> {
  const found = await Account.findById(account).select('profiles._id').lean<Pick<StoredAccount, 'profiles'>>()
  if (found === null) return 'account'
  return profile === null || found.profiles.some(({ _id }) => _id.equals(profile)) ? null : 'profile'
}

/** Media files and images of titles that do not exist, and images that nothing shows. The fix removes their objects. */
export const orphanedMedia: Check = {
  name: 'orphaned-media',
  objects: 'items with media, and images',
  async *find (deps, countChecked) {
    const mediaCursor = Media.find().select('title').lean<StoredMedia[]>().cursor() as AsyncIterable<StoredMedia>
    for await (const media of mediaCursor) {
      countChecked()
      if (await hasTitle(media.title)) continue
      yield {
        subject: `media of item ${media._id.toString()}`,
        problem: `title ${media.title.toString()} does not exist`,
        fix: async () => {
          await removeMedia(deps, media._id)
        },
      }
    }
    for await (const { image, isUsed } of checkImages()) {
      countChecked()
      if (isUsed) continue
      const hasOwner = await hasImageOwner(image)
      if (!hasOwner || isExpired(image, deps.now())) yield imageFinding(deps, image, hasOwner)
    }
  },
}

async function hasTitle (titleId: Types.ObjectId): Promise<boolean> {
  return await Title.exists({ _id: titleId }) !== null
}

async function hasImageOwner ({ _id, title, person }: StoredImage): Promise<boolean> {
  if (title !== null) return await hasTitle(title)
  const picture = person === undefined ? null : await PersonPicture.findById(person).lean<StoredPersonPicture>()
  return picture?.url === imageUrlOf(_id)
}

async function removeMedia (deps: DoctorDeps, itemId: Types.ObjectId): Promise<void> {
  const media = await Media.find({ _id: mongoose.trusted({ $in: [itemId] }) }).lean<StoredMedia[]>()
  await Media.deleteOne({ _id: itemId })
  await removeMediaObjects(deps, media)
}

function imageFinding (deps: DoctorDeps, image: StoredImage, hasOwner: boolean): Finding {
  const { _id, title } = image
  const missing = title === null ? 'no person has this picture' : `title ${title.toString()} does not exist`
  return {
    subject: `image ${_id.toString()}`,
    problem: hasOwner ? 'no title, episode, collection, person or profile shows it' : missing,
    fix: async () => {
      await removeImages(deps, [image])
    },
  }
}
