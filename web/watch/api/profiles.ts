// The profiles of the account.
import { accountClient, type Profile, type RequestBody } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { reloadAccount } from '@shared/api/session.js'

export type ProfileChanges = RequestBody<'/v1/profiles/{profileId}', 'patch'>
export type NewProfile = RequestBody<'/v1/profiles', 'post'>

export async function addProfile (body: NewProfile): Promise<Profile> {
  const profile = await unwrap(accountClient.POST('/v1/profiles', { body }))
  await reloadAccount()
  return profile
}

export async function changeProfile (profileId: string, body: ProfileChanges): Promise<void> {
  await unwrap(accountClient.PATCH('/v1/profiles/{profileId}', { params: { path: { profileId } }, body }))
  await reloadAccount()
}

/** The caller reloads the account when its page can show that the profile is gone. */
export async function deleteProfile (profileId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/profiles/{profileId}', { params: { path: { profileId } } }))
}
