// Fawlty Towers (BBC Two): two series of six episodes.
import type { ShowFacts } from './show-facts.js'

export const fawltyTowers: ShowFacts = {
  key: 'fawlty-towers',
  title: 'Fawlty Towers',
  synopsis: 'A Torquay hotelier who looks down on his guests is undone by his wife, his waiter and his own lies.',
  genres: ['Comedy'],
  maturityRating: null,
  cast: {
    'John Cleese': 'Basil Fawlty',
    'Prunella Scales': 'Sybil Fawlty',
    'Andrew Sachs': 'Manuel',
    'Connie Booth': 'Polly Sherman',
  },
  crew: [
    { name: 'John Cleese', role: 'Writer' },
    { name: 'Connie Booth', role: 'Writer' },
    { name: 'John Howard Davies', role: 'Director' },
    { name: 'Bob Spiers', role: 'Director' },
  ],
  originalLanguage: 'en',
  imdb: 'tt0072500',
  popularity: 70_000,
  minutes: 30,
  seasons: [
    {
      number: 1,
      episodes: [
        {
          title: 'A Touch of Class',
          airDate: '1975-09-19',
          synopsis: 'Basil advertises for a better kind of guest and fawns on a lord who is none.',
        },
        {
          title: 'The Builders',
          airDate: '1975-09-26',
          synopsis: "To save money Basil hires the wrong builder behind Sybil's back, and loses a door.",
        },
        {
          title: 'The Wedding Party',
          airDate: '1975-10-03',
          synopsis: 'Basil is sure that his guests are up to something improper, and is wrong about every one of them.',
        },
        {
          title: 'The Hotel Inspectors',
          airDate: '1975-10-10',
          synopsis: 'Inspectors are in town, and Basil takes the most demanding of his guests for one.',
        },
        {
          title: 'Gourmet Night',
          airDate: '1975-10-17',
          synopsis:
            'A dinner for the finest in Torquay goes ahead with a chef who is drunk and a car that is not well.',
        },
        {
          title: 'The Germans',
          airDate: '1975-10-24',
          synopsis: 'With Sybil in hospital and a blow to his head, Basil welcomes guests from Germany.',
        },
      ],
    },
    {
      number: 2,
      episodes: [
        {
          title: 'Communication Problems',
          airDate: '1979-02-19',
          synopsis: 'Basil hides his winnings from Sybil while a guest who will not switch on her hearing aid ' +
            'misses her money.',
        },
        {
          title: 'The Psychiatrist',
          airDate: '1979-02-26',
          synopsis: 'Hunting for a woman smuggled into a room, Basil convinces a psychiatrist that he needs one.',
        },
        {
          title: 'Waldorf Salad',
          airDate: '1979-03-05',
          synopsis:
            'An American guest asks for a salad Basil has never heard of, and says aloud what the others think.',
        },
        {
          title: 'The Kipper and the Corpse',
          airDate: '1979-03-12',
          synopsis: 'A guest dies in the night, and Basil fears that his breakfast is to blame.',
        },
        {
          title: 'The Anniversary',
          airDate: '1979-03-26',
          synopsis: 'Sybil leaves before her own surprise party, and Basil tells the guests that she is ill upstairs.',
        },
        {
          title: 'Basil the Rat',
          airDate: '1979-10-25',
          synopsis: "The health inspector returns while Manuel's pet, which is no hamster, is loose in the hotel.",
        },
      ],
    },
  ],
}
