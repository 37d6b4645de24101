// Keys of cached responses. They begin with the kind of data that a change-feed event names.
import { currentProfileId } from '@shared/api/session.js'

/** Data of the selected profile that changes when it watches something. */
export const watchingKey = (...parts: unknown[]): readonly unknown[] => ['watching', currentProfileId(), ...parts]
/** Cards and pages of titles, with the wishlist, rating and progress of the profile. */
export const titlesKey = (...parts: unknown[]): readonly unknown[] => ['titles', currentProfileId(), ...parts]
/** Data of the account. */
export const accountKey = (...parts: unknown[]): readonly unknown[] => ['account', ...parts]
