// Corrections of the movie dataset by row, and additional facts about featured movies.
import type { MaturityRating } from '../domain/maturity.js'

/** Omitted fields have the value of the dataset. */
export interface MovieFacts {
  readonly originalTitle?: string
  readonly synopsis?: string
  readonly genres?: readonly string[]
  readonly maturityRating?: MaturityRating
  /** Null: the value of the dataset is wrong and the runtime is unknown. */
  readonly runtimeMinutes?: number | null
  readonly directors?: readonly string[]
  /** Characters by actor. */
  readonly cast?: Readonly<Record<string, string>>
  readonly originalLanguage?: string
  readonly imdb?: string
}

export interface MovieCorrection extends MovieFacts {
  readonly title?: string
  readonly year?: number
  /** Requires the year. Omitted if only the year is known. */
  readonly releaseDate?: string
  /** True for a movie that was announced but not made. */
  readonly isOmitted?: boolean
}

/** By title and release date of the dataset. */
export const MOVIE_CORRECTIONS: Readonly<Record<string, MovieCorrection>> = {
  // The dataset has null instead of the title.
  'null | Nov 03 2006': { title: 'Unknown', directors: ['Simon Brand'] },

  // Titles
  "What the #$'! Do We Know | Feb 06 2004": { title: 'What the #$*! Do We Know!?' },
  'Beetle Juice | Mar 30 1988': { title: 'Beetlejuice' },
  "Dead Poets' Society | Jun 02 1989": { title: 'Dead Poets Society' },
  'ET: The Extra-Terrestrial | Jun 11 1982': { title: 'E.T. the Extra-Terrestrial' },
  'Everything You Always Wanted to Know | Aug 11 1972': { title: 'Everything You Always Wanted to Know About Sex' },
  'Goldeneye | Nov 17 1995': { title: 'GoldenEye' },
  'Precious (Based on the Novel Push by Sapphire) | Nov 06 2009': { title: 'Precious' },
  'The Planet of the Apes | Feb 08 1968': { title: 'Planet of the Apes', genres: ['Science Fiction', 'Adventure'] },
  'Y Tu Mama Tambien (And Your Mother Too) | Mar 15 2002': { title: 'Y tu mamá también', originalLanguage: 'es' },

  // Release dates: the dataset has only the year, or the date of the video release
  'Akira | Apr 27 2001': { year: 1988, releaseDate: '1988-07-16', originalLanguage: 'ja' },
  'Alatriste | Dec 31 2007': { year: 2006, originalLanguage: 'es' },
  "Barney's Version | Dec 31 1969": { year: 2010 },
  'Batman - The Movie | Aug 21 2001': { title: 'Batman: The Movie', year: 1966, releaseDate: '1966-07-30' },
  'Drei | Dec 31 1969': { year: 2010, originalLanguage: 'de' },
  'Duel in the Sun | Dec 31 2046': { year: 1946 },
  'George and the Dragon | Dec 31 2004': { year: 2004 },
  'Good Will Hunting | Feb 20 1987': { year: 1997, releaseDate: '1997-12-05' },
  'I Come with the Rain | Dec 31 1969': { year: 2009 },
  'Sea Rex 3D: Journey to a Prehistoric World | Dec 31 1969': { year: 2010 },
  'The Day the Earth Stood Still | Mar 04 2003': {
    year: 1951,
    genres: ['Science Fiction', 'Drama'],
    directors: ['Robert Wise'],
  },
  'The Deer Hunter | Dec 31 1978': { year: 1978, releaseDate: '1978-12-08' },
  'The Magic Flute | Dec 31 1969': { year: 2006 },
  'The Molly Maguires | Dec 31 1969': { year: 1970 },
  // Real releases on 31 December or 1 January.
  'Confessions of a Dangerous Mind | Dec 31 2002': { year: 2002, releaseDate: '2002-12-31' },
  'Defiance | Dec 31 2008': { year: 2008, releaseDate: '2008-12-31' },
  'Fantasia 2000 (IMAX) | Jan 01 2000': { year: 2000, releaseDate: '2000-01-01' },
  'Good | Dec 31 2008': { year: 2008, releaseDate: '2008-12-31' },
  'Obitaemyy ostrov | Jan 01 2009': { year: 2009, releaseDate: '2009-01-01', originalLanguage: 'ru' },
  'Oscar and Lucinda | Dec 31 1997': { year: 1997, releaseDate: '1997-12-31' },

  // Directors
  'Cidade de Deus | Jan 17 2003': { directors: ['Fernando Meirelles', 'Kátia Lund'], originalLanguage: 'pt' },
  'Gone with the Wind | Dec 15 2039': { directors: ['Victor Fleming'] },
  'Once in a Lifetime: the Extraordinary Story of the New York Cosmos | Jul 07 2006': {
    directors: ['Paul Crowder', 'John Dower'],
  },
  'The Greatest Story Ever Told | Feb 15 1965': { directors: ['George Stevens'] },
  'The Matrix Reloaded | May 15 2003': { directors: ['Lana Wachowski', 'Lilly Wachowski'] },
  'The Matrix Revolutions | Nov 05 2003': { directors: ['Lana Wachowski', 'Lilly Wachowski'] },

  // The dataset has the runtime and rating of the remake.
  'The Island | Jun 13 1980': { runtimeMinutes: null, maturityRating: 'R' },

  // Genres that are missing in the dataset
  'A Streetcar Named Desire | Sep 18 1951': { genres: ['Drama'] },
  'Eraserhead | Dec 31 1976': { genres: ['Horror'] },
  'From Here to Eternity | Aug 05 1953': { genres: ['Drama', 'Romance'] },
  'High Noon | Dec 31 1951': { genres: ['Western'] },
  'In the Heat of the Night | Aug 02 1967': { genres: ['Drama', 'Thriller'] },
  "It's a Wonderful Life | Dec 31 1945": { genres: ['Drama', 'Fantasy', 'Family'] },
  'King Kong | Dec 17 1976': { genres: ['Adventure'] },
  'King Kong (1933) | Apr 07 2033': { genres: ['Adventure', 'Horror'] },
  "Logan's Run | Dec 31 1975": { genres: ['Science Fiction', 'Adventure'] },
  'Midnight Cowboy | May 25 1969': { genres: ['Drama'] },
  'Monty Python and the Holy Grail | May 10 1975': { genres: ['Comedy'] },
  'Notorious | Dec 31 1945': { genres: ['Thriller', 'Romance'] },
  'On the Waterfront | Jul 28 1954': { genres: ['Drama'] },
  "One Flew Over the Cuckoo's Nest | Nov 19 1975": { genres: ['Drama'] },
  'Patton | Jan 01 1970': { genres: ['Drama'] },
  'Reservoir Dogs | Oct 23 1992': { genres: ['Thriller'] },
  "Rosemary's Baby | Jun 12 1968": { genres: ['Horror', 'Drama'] },
  'Some Like it Hot | Mar 29 1959': { genres: ['Comedy', 'Romance'] },
  'Spellbound | Dec 31 1944': { genres: ['Thriller'] },
  'Strangers on a Train | Jul 03 1951': { genres: ['Thriller'] },
  'The Elephant Man | Oct 03 1980': { genres: ['Drama'] },
  'The French Connection | Oct 09 1971': { genres: ['Thriller', 'Action'] },
  'The Godfather: Part II | Dec 11 1974': { genres: ['Drama'], maturityRating: 'R' },
  'The Great Escape | Aug 08 1963': { genres: ['Adventure', 'Drama'] },
  'The Hustler | Sep 25 1961': { genres: ['Drama'] },
  'The Man Who Shot Liberty Valance | Jan 01 1962': { genres: ['Western'] },
  'The Sting | Dec 25 1973': { genres: ['Comedy', 'Drama'] },
  'To Kill A Mockingbird | Dec 25 1962': { title: 'To Kill a Mockingbird', genres: ['Drama'] },
  'West Side Story | Oct 18 1961': { genres: ['Musical', 'Romance', 'Drama'] },
  'Willy Wonka & the Chocolate Factory | Jun 30 1971': { genres: ['Musical', 'Family', 'Fantasy'] },
  'Young Frankenstein | Dec 15 1974': { genres: ['Comedy'] },

  // Never released
  'Hannibal the Conqueror | Dec 31 1969': { isOmitted: true },
  'Ramanujan | Dec 31 2007': { isOmitted: true },
  'Story of Bonnie and Clyde, The | Dec 31 1969': { isOmitted: true },
}

/** Movies with media files, by corrected title and year. */
export const FEATURED_MOVIES: Readonly<Record<string, MovieFacts>> = {
  '2001: A Space Odyssey | 1968': {
    synopsis:
      'A buried monolith sends a spaceship to Jupiter, with a crew that depends on a computer that cannot be wrong.',
    genres: ['Science Fiction', 'Adventure'],
    maturityRating: 'G',
    cast: { 'Keir Dullea': 'David Bowman', 'Gary Lockwood': 'Frank Poole', 'Douglas Rain': 'HAL 9000' },
    originalLanguage: 'en',
    imdb: 'tt0062622',
  },
  'Alien | 1979': {
    synopsis: 'A freighter answers a distress call on an unknown moon and takes something aboard that hunts its crew.',
    genres: ['Horror', 'Science Fiction'],
    runtimeMinutes: 117,
    cast: { 'Sigourney Weaver': 'Ripley', 'Tom Skerritt': 'Dallas', 'John Hurt': 'Kane', 'Ian Holm': 'Ash' },
    originalLanguage: 'en',
    imdb: 'tt0078748',
  },
  'Casablanca | 1942': {
    synopsis:
      'In wartime Morocco a café owner who sticks his neck out for nobody meets again the woman who left him in Paris.',
    genres: ['Drama', 'Romance'],
    maturityRating: 'PG',
    runtimeMinutes: 102,
    cast: {
      'Humphrey Bogart': 'Rick Blaine',
      'Ingrid Bergman': 'Ilsa Lund',
      'Paul Henreid': 'Victor Laszlo',
      'Claude Rains': 'Louis Renault',
    },
    originalLanguage: 'en',
    imdb: 'tt0034583',
  },
  'Finding Nemo | 2003': {
    synopsis:
      'A timid clownfish crosses the ocean to bring home his son, with a companion who remembers nothing for long.',
    genres: ['Family', 'Adventure', 'Comedy'],
    cast: { 'Albert Brooks': 'Marlin', 'Ellen DeGeneres': 'Dory', 'Alexander Gould': 'Nemo' },
    originalLanguage: 'en',
    imdb: 'tt0266543',
  },
  'Jurassic Park | 1993': {
    synopsis:
      'Scientists visit an island where dinosaurs were bred back to life, on the night its fences lose their power.',
    genres: ['Adventure', 'Science Fiction', 'Action'],
    runtimeMinutes: 127,
    cast: {
      'Sam Neill': 'Alan Grant',
      'Laura Dern': 'Ellie Sattler',
      'Jeff Goldblum': 'Ian Malcolm',
      'Richard Attenborough': 'John Hammond',
    },
    originalLanguage: 'en',
    imdb: 'tt0107290',
  },
  "Le Fabuleux destin d'Amélie Poulain | 2001": {
    synopsis:
      'A waitress in Montmartre sets out to mend the lives around her in secret, and finds her own harder to arrange.',
    genres: ['Comedy', 'Romance'],
    cast: { 'Audrey Tautou': 'Amélie Poulain', 'Mathieu Kassovitz': 'Nino Quincampoix' },
    originalLanguage: 'fr',
    imdb: 'tt0211915',
  },
  'Modern Times | 1936': {
    synopsis:
      'A factory worker whom the assembly line drives mad looks for a place in the world with a girl of the streets.',
    genres: ['Comedy', 'Romance'],
    maturityRating: 'G',
    runtimeMinutes: 87,
    directors: ['Charlie Chaplin'],
    cast: { 'Charlie Chaplin': 'A factory worker', 'Paulette Goddard': 'A gamin' },
    originalLanguage: 'en',
    imdb: 'tt0027977',
  },
  'Pulp Fiction | 1994': {
    synopsis: "Two hit men, a boxer, a boss's wife and a pair of robbers cross paths in Los Angeles, out of order.",
    genres: ['Drama', 'Thriller'],
    runtimeMinutes: 154,
    cast: {
      'John Travolta': 'Vincent Vega',
      'Samuel L. Jackson': 'Jules Winnfield',
      'Uma Thurman': 'Mia Wallace',
      'Bruce Willis': 'Butch Coolidge',
    },
    originalLanguage: 'en',
    imdb: 'tt0110912',
  },
  "Singin' in the Rain | 1952": {
    synopsis:
      'A star of silent films has to learn to speak when sound comes to Hollywood; his leading lady should not.',
    genres: ['Musical', 'Comedy', 'Romance'],
    maturityRating: 'G',
    runtimeMinutes: 103,
    directors: ['Stanley Donen', 'Gene Kelly'],
    cast: {
      'Gene Kelly': 'Don Lockwood',
      'Debbie Reynolds': 'Kathy Selden',
      "Donald O'Connor": 'Cosmo Brown',
      'Jean Hagen': 'Lina Lamont',
    },
    originalLanguage: 'en',
    imdb: 'tt0045152',
  },
  'Spirited Away | 2002': {
    originalTitle: '千と千尋の神隠し',
    synopsis:
      'A girl has to work in a bathhouse of spirits to free her parents, and must not forget her own name there.',
    genres: ['Fantasy', 'Adventure', 'Family'],
    cast: { 'Rumi Hiiragi': 'Chihiro', 'Miyu Irino': 'Haku', 'Mari Natsuki': 'Yubaba' },
    originalLanguage: 'ja',
    imdb: 'tt0245429',
  },
  'Star Wars: Episode IV – A New Hope | 1977': {
    originalTitle: 'Star Wars',
    synopsis:
      'A farm boy, an old knight and a smuggler carry the plans of a battle station to the rebels it is to destroy.',
    genres: ['Science Fiction', 'Adventure'],
    runtimeMinutes: 121,
    cast: {
      'Mark Hamill': 'Luke Skywalker',
      'Carrie Fisher': 'Leia Organa',
      'Harrison Ford': 'Han Solo',
      'Alec Guinness': 'Obi-Wan Kenobi',
    },
    originalLanguage: 'en',
    imdb: 'tt0076759',
  },
  'The Godfather | 1972': {
    synopsis: 'The youngest son of a New York crime family, who wanted no part of it, becomes the one who runs it.',
    genres: ['Drama'],
    maturityRating: 'R',
    runtimeMinutes: 175,
    cast: {
      'Marlon Brando': 'Vito Corleone',
      'Al Pacino': 'Michael Corleone',
      'James Caan': 'Sonny Corleone',
      'Diane Keaton': 'Kay Adams',
    },
    originalLanguage: 'en',
    imdb: 'tt0068646',
  },
  'The Matrix | 1999': {
    synopsis:
      'A programmer learns that the world he lives in is made by machines, and that some have woken up from it.',
    genres: ['Science Fiction', 'Action'],
    directors: ['Lana Wachowski', 'Lilly Wachowski'],
    cast: {
      'Keanu Reeves': 'Neo',
      'Laurence Fishburne': 'Morpheus',
      'Carrie-Anne Moss': 'Trinity',
      'Hugo Weaving': 'Agent Smith',
    },
    originalLanguage: 'en',
    imdb: 'tt0133093',
  },
  'The Wizard of Oz | 1939': {
    synopsis:
      'A cyclone carries a girl from Kansas and her dog to a land in colour, where a yellow brick road leads home.',
    genres: ['Musical', 'Fantasy', 'Family'],
    directors: ['Victor Fleming'],
    cast: {
      'Judy Garland': 'Dorothy Gale',
      'Ray Bolger': 'The Scarecrow',
      'Jack Haley': 'The Tin Man',
      'Bert Lahr': 'The Cowardly Lion',
    },
    originalLanguage: 'en',
    imdb: 'tt0032138',
  },
  'Titanic | 1997': {
    synopsis: "On the ship's only voyage a young woman of the first class and an artist of the third fall in love.",
    genres: ['Drama', 'Romance'],
    cast: { 'Leonardo DiCaprio': 'Jack Dawson', 'Kate Winslet': 'Rose DeWitt Bukater', 'Billy Zane': 'Cal Hockley' },
    originalLanguage: 'en',
    imdb: 'tt0120338',
  },
  'Toy Story | 1995': {
    synopsis:
      "A cowboy doll who was a boy's favourite is shown his place by a space ranger who does not know he is a toy.",
    genres: ['Family', 'Adventure', 'Comedy'],
    runtimeMinutes: 81,
    cast: { 'Tom Hanks': 'Woody', 'Tim Allen': 'Buzz Lightyear' },
    originalLanguage: 'en',
    imdb: 'tt0114709',
  },
}
