import type { ReactNode } from 'react'

export function WishlistPage (): ReactNode {
  return <h1>WishlistPage</h1>
}
