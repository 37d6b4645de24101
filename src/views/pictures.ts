// View of the picture of a person.
import type { PersonPicture } from '../catalogue/store/catalogue.js'

export function toPicture (
  picture: PersonPicture | null,
): { readonly pictureUrl: string | null, readonly picturePlaceholder: string | null } {
  return { pictureUrl: picture?.url ?? null, picturePlaceholder: picture?.placeholder ?? null }
}
