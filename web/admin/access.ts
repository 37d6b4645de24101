// What each role may do. The API enforces it; the app shows only what the account may use.
import type { Account } from '@shared/api/client.js'
import { useAccount } from '@shared/api/hooks.js'

export type Role = Account['role']
export type Area =
  | 'dashboard'
  | 'catalogue'
  | 'collections'
  | 'transfer'
  | 'media'
  | 'accounts'
  | 'audit'
  | 'webhooks'
  | 'tokens'

const AREAS: Readonly<Record<Role, readonly Area[]>> = {
  member: [],
  support: ['dashboard', 'catalogue', 'collections', 'accounts'],
  editor: ['dashboard', 'catalogue', 'collections', 'transfer', 'media', 'tokens'],
  admin: ['dashboard', 'catalogue', 'collections', 'transfer', 'media', 'accounts', 'audit', 'webhooks', 'tokens'],
}

export function listAreas (role: Role): readonly Area[] {
  return AREAS[role]
}

export function canOpen (role: Role, area: Area): boolean {
  return AREAS[role].includes(area)
}

/** Whether the account may change titles, collections and media. */
export function useCanEdit (): boolean {
  return canOpen(useAccount().role, 'media')
}
