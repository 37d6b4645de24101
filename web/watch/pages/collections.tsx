import type { ReactNode } from 'react'

export function CollectionsPage (): ReactNode {
  return <h1>CollectionsPage</h1>
}
