// Worker thread of the password hasher: bcryptjs blocks its thread during a hash.
import bcrypt from 'bcryptjs'

export type PasswordTask =
  | { readonly kind: 'hash', readonly digest: string, readonly cost: number }
  | { readonly kind: 'verify', readonly digest: string, readonly hash: string }

export default function runPasswordTask (task: PasswordTask): string | boolean {
  return task.kind === 'hash' ? bcrypt.hashSync(task.digest, task.cost) : bcrypt.compareSync(task.digest, task.hash)
}
