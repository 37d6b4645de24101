// Ratings of titles by a profile.
import { Type, type Static } from 'typebox'
import { ref, strict, Timestamp } from './common.js'
import { Card, TitleRating } from './titles.js'

export const RatingBody = strict({ rating: TitleRating })

export const RatedTitle = Type.Object({
  title: ref(Card),
  rating: TitleRating,
  ratedAt: Timestamp,
}, { $id: 'RatedTitle' })
export type RatedTitle = Static<typeof RatedTitle>
