import type { ReactNode } from 'react'

export function GenresPage (): ReactNode {
  return <h1>GenresPage</h1>
}
