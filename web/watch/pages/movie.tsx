import type { ReactNode } from 'react'

export function MoviePage (): ReactNode {
  return <h1>MoviePage</h1>
}
