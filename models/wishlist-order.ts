// A profile's own order of its wishlist, outside the account, which stays small. The order may contain removed titles
// and lack new ones; readers combine it with the wishlist.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { MAX_WISHLIST_TITLES } from './account.js'

export interface StoredWishlistOrder {
  /** ID of the profile. */
  _id: Types.ObjectId
  account: Types.ObjectId
  titles: Types.ObjectId[]
  /** Increases with each new order; a cursor states the revision of its order. */
  revision: number
}

const wishlistOrderSchema = new Schema<StoredWishlistOrder>({
  _id: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  titles: {
    type: [Schema.Types.ObjectId],
    default: [],
    validate: (titles: unknown[]) => titles.length <= MAX_WISHLIST_TITLES,
  },
  revision: { type: Number, default: 0 },
}, { collection: 'wishlistorders', versionKey: false })

// Deletion of an account.
wishlistOrderSchema.index({ account: 1 })

export const WishlistOrder = mongoose.model('WishlistOrder', wishlistOrderSchema)

export async function findWishlistOrder (profileId: string): Promise<StoredWishlistOrder | null> {
  return await WishlistOrder.findById(profileId).lean<StoredWishlistOrder>()
}
