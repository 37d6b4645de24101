import type { ReactNode } from 'react'

export function ManageProfilesPage (): ReactNode {
  return <h1>ManageProfilesPage</h1>
}
