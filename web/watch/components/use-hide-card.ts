// Hides a card from continue watching, and offers to undo it.
import { useTranslations } from 'use-intl'
import type { ContinueCard } from '@shared/api/client.js'
import { hideFromContinueWatching } from '../api/titles.js'
import { useUndoableAction } from './use-action.js'

/** Returns a function that hides a card. */
export function useHideCard (): (card: ContinueCard) => void {
  const t = useTranslations('home')
  return useUndoableAction(
    async ({ title }: ContinueCard) => await hideFromContinueWatching(title.id),
    ({ title }) => t('hidden', { title: title.title }),
  ).mutate
}
