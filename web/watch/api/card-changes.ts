// Optimistic changes: the wishlist mark and the rating of a title change in all cached responses at once.
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { Card, Rating } from '@shared/api/client.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { PROFILE_DATA, reloadProfileData } from './keys.js'
import { rateTitle, setInWishlist } from './titles.js'

type CardChange = Pick<Card, 'inWishlist'> | Pick<Card, 'rating'>

/** Returns the value with the change in each card of the title. Parts without such a card stay the same object. */
export function changeCards (value: unknown, titleId: string, change: CardChange): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => changeCards(item, titleId, change))
    return items.some((item, index) => item !== value[index]) ? items : value as unknown
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const changed = entries.map(([key, part]) => [key, changeCards(part, titleId, change)] as const)
  const isSame = changed.every(([, part], index) => part === entries[index]?.[1])
  const next: object = isSame ? value : Object.fromEntries(changed)
  return 'id' in next && next.id === titleId && 'inWishlist' in next ? { ...next, ...change } : next
}

function changeCachedCards (queryClient: QueryClient, titleId: string, change: CardChange): void {
  for (const kind of PROFILE_DATA) {
    queryClient.setQueriesData({ queryKey: [kind] }, (data: unknown) => changeCards(data, titleId, change))
  }
}

/** The wishlist and rating of a card, and functions that change them. */
export interface TitleActions {
  readonly toggleWishlist: () => void
  /** Removes the rating that the title has. */
  readonly toggleRating: (rating: Rating) => void
}

interface ActionTexts {
  readonly added: string
  readonly removed: string
}

export function useTitleActions (
  { id, inWishlist = false, rating: current = null }: Pick<Card, 'id' | 'inWishlist' | 'rating'>,
  texts: ActionTexts,
): TitleActions {
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  // Lists that contain the title or leave it out load again when they are opened.
  const settle = async (): Promise<void> => {
    await reloadProfileData(queryClient, 'none')
  }
  const wishlist = useMutation({
    mutationFn: async (isInWishlist: boolean) => {
      await setInWishlist(id, isInWishlist)
    },
    onMutate: (isInWishlist) => {
      changeCachedCards(queryClient, id, { inWishlist: isInWishlist })
    },
    onSuccess: (_, isInWishlist) => {
      showMessage(isInWishlist ? texts.added : texts.removed)
    },
    onError: (error, isInWishlist) => {
      changeCachedCards(queryClient, id, { inWishlist: !isInWishlist })
      showMessage(describeError(error))
    },
    onSettled: settle,
  })
  const rating = useMutation({
    mutationFn: async (next: Rating | null) => {
      await rateTitle(id, next)
    },
    onMutate: (next) => {
      changeCachedCards(queryClient, id, { rating: next })
      return current
    },
    onError: (error, _, before) => {
      changeCachedCards(queryClient, id, { rating: before ?? null })
      showMessage(describeError(error))
    },
    onSettled: settle,
  })
  return {
    toggleWishlist: () => {
      wishlist.mutate(!inWishlist)
    },
    toggleRating: (next) => {
      rating.mutate(next === current ? null : next)
    },
  }
}
