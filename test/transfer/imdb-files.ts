// Writes IMDb dataset files for tests: a sample of real rows with some invalid ones, or any number of generated rows.
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGzip } from 'node:zlib'
import { IMDB_HEADERS, type ImdbDataset } from '../../src/transfer/parsers/imdb-rows.js'

const BASICS = `
tt0072500\ttvSeries\tFawlty Towers\tFawlty Towers\t0\t1975\t1979\t30\tComedy
tt0133093\tmovie\tThe Matrix\tThe Matrix\t0\t1999\t\\N\t136\tAction,Sci-Fi
tt0211915\tmovie\tAmélie\tLe fabuleux destin d'Amélie Poulain\t0\t2001\t\\N\t122\tComedy,Romance
tt0578585\ttvEpisode\tA Touch of Class\tA Touch of Class\t0\t1975\t\\N\t30\tComedy
tt0578591\ttvEpisode\tThe Builders\tThe Builders\t0\t1975\t\\N\t30\tComedy
tt0078748\tmovie\t"Alien"\t"Alien"\t0\t1979\t\\N\t117\tHorror,Sci-Fi
tt7366338\ttvMiniSeries\tChernobyl\tChernobyl\t0\t2019\t2019\t330\tDrama,History,Thriller
tt8162428\ttvEpisode\t1:23:45\t1:23:45\t0\t2019\t\\N\t60\tDrama,History,Thriller
tt9166672\ttvEpisode\tPlease Remain Calm\tPlease Remain Calm\t0\t2019\t\\N\t\\N\tDrama,History,Thriller
tt9900001\tmovie\tOnly for adults\tOnly for adults\t1\t1980\t\\N\t70\tAdult
tt9900002\tvideoGame\tA game\tA game\t0\t2001\t\\N\t\\N\tAction
tt9900003\tmovie\tA row with too few cells
tt9900004\ttvEpisode\tOf an unknown show\tOf an unknown show\t0\t1999\t\\N\t\\N\t\\N
tt9900005\ttvEpisode\tWithout a number\tWithout a number\t0\t1976\t\\N\t\\N\t\\N
tt9900006\ttvEpisode\tThe same number\tThe same number\t0\t1976\t\\N\t\\N\t\\N
tt9900007\tmovie\tUnknown\tUnknown\t0\t\\N\t\\N\t\\N\t\\N
`
const EPISODES = `
tt0578585\ttt0072500\t1\t1
tt0578591\ttt0072500\t1\t2
tt8162428\ttt7366338\t1\t1
tt9166672\ttt7366338\t1\t2
tt9166696\ttt7366338\t1\t3
tt9900004\ttt9999999\t1\t1
tt9900005\ttt0072500\t\\N\t\\N
tt9900006\ttt0072500\t1\t2
`
const RATINGS = `
tt0072500\t8.7\t102345
tt0133093\t8.7\t2123456
tt0078748\t8.5\t987654
`

const EPISODES_PER_SEASON = 20
const FIRST_SHOW_ID = 10_000_000
const FIRST_EPISODE_ID = 20_000_000
const WRITE_BUFFER_CHARACTERS = 65_536

export interface ImdbFolder {
  readonly basics: string
  readonly episodes: string
  readonly ratings: string
  filePath(name: string): string
}

/** Creates a temporary folder that the test deletes at its end. */
export function makeImdbFolder (t: { teardown(end: () => unknown): unknown }): ImdbFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-imdb-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const filePath = (name: string): string => path.join(folder, name)
  return {
    basics: filePath('title.basics.tsv'),
    episodes: filePath('title.episode.tsv'),
    ratings: filePath('title.ratings.tsv'),
    filePath,
  }
}

export function writeSampleDatasets ({ basics, episodes, ratings }: ImdbFolder): void {
  writeFileSync(basics, `${IMDB_HEADERS.basics}${BASICS}`)
  writeFileSync(episodes, `${IMDB_HEADERS.episodes}${EPISODES}`)
  writeFileSync(ratings, `${IMDB_HEADERS.ratings}${RATINGS}`)
}

interface GeneratedSize {
  readonly shows: number
  readonly episodesPerShow: number
  readonly movies: number
}

/** Writes gzip files, as IMDb publishes them. */
export async function writeGeneratedDatasets (folder: ImdbFolder, size: GeneratedSize): Promise<ImdbFolder> {
  const compressed = {
    ...folder,
    basics: `${folder.basics}.gz`,
    episodes: `${folder.episodes}.gz`,
    ratings: `${folder.ratings}.gz`,
  }
  await writeGzip(compressed.basics, 'basics', generateBasics(size))
  await writeGzip(compressed.episodes, 'episodes', generateEpisodes(size))
  await writeGzip(compressed.ratings, 'ratings', generateRatings(size))
  return compressed
}

async function writeGzip (file: string, dataset: ImdbDataset, rows: Generator<string>): Promise<void> {
  const gzip = createGzip({ level: 1 })
  const output = gzip.pipe(createWriteStream(file))
  gzip.write(`${IMDB_HEADERS[dataset]}\n`)
  let text = ''
  for (const row of rows) {
    text += `${row}\n`
    if (text.length < WRITE_BUFFER_CHARACTERS) continue
    if (!gzip.write(text)) await once(gzip, 'drain')
    text = ''
  }
  gzip.end(text)
  await once(output, 'close')
}

const toImdbId = (number: number): string => `tt${String(number).padStart(7, '0')}`
const episodeId = (show: number, episode: number, shows: number): string =>
  toImdbId(FIRST_EPISODE_ID + episode * shows + show)

function* generateBasics ({ shows, episodesPerShow, movies }: GeneratedSize): Generator<string> {
  for (let movie = 1; movie <= movies; movie++) {
    yield `${toImdbId(movie)}\tmovie\tMovie ${movie}\tMovie ${movie}\t0\t${1920 + movie % 100}\t\\N\t90\tDrama`
  }
  for (let show = 1; show <= shows; show++) {
    yield `${toImdbId(FIRST_SHOW_ID + show)}\ttvSeries\tShow ${show}\tShow ${show}\t0\t1990\t\\N\t\\N\tComedy`
  }
  // The episodes of a show are far apart, as in the published file.
  for (let episode = 0; episode < episodesPerShow; episode++) {
    for (let show = 1; show <= shows; show++) {
      const id = episodeId(show, episode, shows)
      yield `${id}\ttvEpisode\tEpisode ${episode} of show ${show}\tX\t0\t1991\t\\N\t25\tComedy`
    }
  }
}

function* generateEpisodes ({ shows, episodesPerShow }: GeneratedSize): Generator<string> {
  for (let episode = 0; episode < episodesPerShow; episode++) {
    const season = 1 + Math.floor(episode / EPISODES_PER_SEASON)
    const number = 1 + episode % EPISODES_PER_SEASON
    for (let show = 1; show <= shows; show++) {
      yield `${episodeId(show, episode, shows)}\t${toImdbId(FIRST_SHOW_ID + show)}\t${season}\t${number}`
    }
  }
}

function* generateRatings ({ movies }: GeneratedSize): Generator<string> {
  for (let movie = 1; movie <= movies; movie++) yield `${toImdbId(movie)}\t7.0\t${movie}`
}
