// React hooks of the session.
import { useSyncExternalStore } from 'react'
import type { Account, Profile } from './client.js'
import { readSession, subscribeToSession, type SessionState } from './session.js'

export function useSession (): SessionState {
  return useSyncExternalStore(subscribeToSession, readSession)
}

/** The account of the session. @throws Error when logged out; routes that need an account redirect before */
export function useAccount (): Account {
  const { account } = useSession()
  if (account === null) throw new Error('no account is logged in')
  return account
}

/** The selected profile. @throws Error without one; routes that need a profile redirect before */
export function useProfile (): Profile {
  const { account, profileId } = useSession()
  const profile = account?.profiles.find(({ id }) => id === profileId)
  if (profile === undefined) throw new Error('no profile is selected')
  return profile
}
