// Facets on the wire.
import { Type, type TSchema } from 'typebox'
import { Rating } from './title-input.js'
import { Language } from './common.js'

const counted = <T extends TSchema>(value: T, description: string) =>
  Type.Array(Type.Object({ value, count: Type.Integer() }), { description })

export const Facets = Type.Object({
  total: Type.Integer({ description: 'Titles that pass every filter' }),
  types: counted(Type.Enum(['movie', 'show']), 'The most first'),
  genres: counted(Type.String(), 'The most first'),
  years: counted(Type.Integer(), 'Newest first'),
  decades: counted(Type.Integer(), 'By their first year, newest first'),
  ratings: counted(Rating, 'The most first'),
  languages: counted(Language, 'Of the sound of files that the plan plays; the most first'),
  heights: counted(Type.Integer(), 'Lines; titles with a file of this height that the plan plays, the sharpest first'),
}, { $id: 'Facets' })
