// Keys of cached responses. They begin with the kind of data that a change-feed event names.
import type { QueryClient } from '@tanstack/react-query'
import { currentProfileId } from '@shared/api/session.js'

/** Data of the selected profile that changes when it watches something. */
export const watchingKey = (...parts: unknown[]): readonly unknown[] => ['watching', currentProfileId(), ...parts]
/** Cards and pages of titles, with the wishlist, rating and progress of the profile. */
export const titlesKey = (...parts: unknown[]): readonly unknown[] => ['titles', currentProfileId(), ...parts]
/** The kinds of data of the profile: its watch state shows in both. */
export const PROFILE_DATA = ['titles', 'watching'] as const
/** Data of the account. */
export const accountKey = (...parts: unknown[]): readonly unknown[] => ['account', ...parts]

/** Loads the data of the profile again. @param refetchType none: when it is shown next */
export async function reloadProfileData (queryClient: QueryClient, refetchType?: 'none'): Promise<void> {
  await Promise.all(PROFILE_DATA.map(async (kind) => {
    await queryClient.invalidateQueries({ queryKey: [kind], ...refetchType === undefined ? {} : { refetchType } })
  }))
}
