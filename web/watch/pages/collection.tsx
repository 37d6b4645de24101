import type { ReactNode } from 'react'

export function CollectionPage (): ReactNode {
  return <h1>CollectionPage</h1>
}
