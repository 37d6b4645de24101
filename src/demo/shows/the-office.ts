// The Office (BBC): two series of six episodes; the two-part Christmas special is season 0.
import type { ShowFacts } from './show-facts.js'

export const theOffice: ShowFacts = {
  key: 'the-office-uk',
  title: 'The Office',
  synopsis:
    'A film crew records the days of a paper merchant in Slough, whose manager would rather be liked than manage.',
  genres: ['Comedy'],
  maturityRating: 'TV-MA',
  cast: {
    'Ricky Gervais': 'David Brent',
    'Martin Freeman': 'Tim Canterbury',
    'Mackenzie Crook': 'Gareth Keenan',
    'Lucy Davis': 'Dawn Tinsley',
  },
  crew: [
    { name: 'Ricky Gervais', role: 'Writer and director' },
    { name: 'Stephen Merchant', role: 'Writer and director' },
  ],
  originalLanguage: 'en',
  imdb: 'tt0290978',
  popularity: 80_000,
  minutes: 30,
  seasons: [
    {
      number: 0,
      title: 'Specials',
      episodes: [
        {
          title: 'Christmas Special: Part 1',
          airDate: '2003-12-26',
          minutes: 45,
          synopsis: 'The crew returns to see what became of everybody, and finds David Brent on the road.',
        },
        {
          title: 'Christmas Special: Part 2',
          airDate: '2003-12-27',
          minutes: 50,
          synopsis: 'Everybody meets again at the office Christmas party, some for the last time.',
        },
      ],
    },
    {
      number: 1,
      episodes: [
        {
          title: 'Downsize',
          airDate: '2001-07-09',
          synopsis: 'One of two branches has to close, and David assures his staff of things he cannot know.',
        },
        {
          title: 'Work Experience',
          airDate: '2001-07-16',
          synopsis: "An indecent picture goes round on a newcomer's first day, and David investigates.",
        },
        {
          title: 'The Quiz',
          airDate: '2001-07-23',
          synopsis: "The yearly quiz night matters more than it should, and falls on Tim's birthday.",
        },
        {
          title: 'Training',
          airDate: '2001-07-30',
          synopsis: 'David takes over a training day with his guitar, and Tim makes up his mind.',
        },
        {
          title: 'New Girl',
          airDate: '2001-08-13',
          synopsis: 'David hires a secretary while jobs are being cut, and joins the staff on a night out.',
        },
        {
          title: 'Judgement',
          airDate: '2001-08-20',
          synopsis: 'The decision about the branch is made, and David tells it as good news and bad news.',
        },
      ],
    },
    {
      number: 2,
      episodes: [
        {
          title: 'Merger',
          airDate: '2002-09-30',
          synopsis: "The staff from Swindon arrives, and David's speech of welcome goes badly.",
        },
        {
          title: 'Appraisals',
          airDate: '2002-10-07',
          synopsis: 'David appraises people who would rather not say what they think of their work, or of him.',
        },
        {
          title: 'Party',
          airDate: '2002-10-14',
          synopsis: 'A birthday in the office shows how well the new manager gets on with everybody.',
        },
        {
          title: 'Motivation',
          airDate: '2002-10-21',
          synopsis: 'David is paid to speak about motivation and means to be remembered for it.',
        },
        {
          title: 'Charity',
          airDate: '2002-10-28',
          synopsis: 'On a day of fund-raising David dances, and is then asked for a word.',
        },
        {
          title: 'Interview',
          airDate: '2002-11-04',
          synopsis: "On David's last day Tim takes off his microphone to ask a question.",
        },
      ],
    },
  ],
}
