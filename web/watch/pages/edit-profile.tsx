import type { ReactNode } from 'react'

export function EditProfilePage (): ReactNode {
  return <h1>EditProfilePage</h1>
}
