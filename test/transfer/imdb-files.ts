// IMDb's dataset files as they are published: a few real rows, and any number of generated ones.
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGzip } from 'node:zlib'
import { IMDB_HEADERS, type ImdbKind } from '../../src/transfer/imdb-rows.js'

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
tt9900003\tmovie\tA row with too few
tt9900004\ttvEpisode\tOf nothing that is there\tOf nothing that is there\t0\t1999\t\\N\t\\N\t\\N
tt9900005\ttvEpisode\tWithout a place\tWithout a place\t0\t1976\t\\N\t\\N\t\\N
tt9900006\ttvEpisode\tThe same place\tThe same place\t0\t1976\t\\N\t\\N\t\\N
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

export interface ImdbFolder {
  readonly basics: string
  readonly episodes: string
  readonly ratings: string
  fileOf(name: string): string
}

export function makeImdbFolder (t: { teardown(end: () => unknown): unknown }): ImdbFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-imdb-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const fileOf = (name: string): string => path.join(folder, name)
  return {
    basics: fileOf('title.basics.tsv'),
    episodes: fileOf('title.episode.tsv'),
    ratings: fileOf('title.ratings.tsv'),
    fileOf,
  }
}

export function writeRealRows ({ basics, episodes, ratings }: ImdbFolder): void {
  const write = (file: string, kind: ImdbKind, rows: string): void => {
    writeFileSync(file, `${IMDB_HEADERS[kind]}${rows}`)
  }
  write(basics, 'basics', BASICS)
  write(episodes, 'episodes', EPISODES)
  write(ratings, 'ratings', RATINGS)
}

/** Packed, as they are downloaded. */
export async function writeGenerated (
  folder: ImdbFolder,
  shows: number,
  episodesEach: number,
  movies: number,
): Promise<ImdbFolder> {
  const packed = {
    ...folder,
    basics: `${folder.basics}.gz`,
    episodes: `${folder.episodes}.gz`,
    ratings: `${folder.ratings}.gz`,
  }
  const id = (number: number): string => `tt${String(number).padStart(7, '0')}`
  async function write (file: string, kind: ImdbKind, rows: Generator<string>): Promise<void> {
    const gzip = createGzip({ level: 1 })
    const out = gzip.pipe(createWriteStream(file))
    gzip.write(`${IMDB_HEADERS[kind]}\n`)
    let text = ''
    for (const row of rows) {
      text += `${row}\n`
      if (text.length < 65_536) continue
      if (!gzip.write(text)) await once(gzip, 'drain')
      text = ''
    }
    gzip.end(text)
    await once(out, 'close')
  }
  const episodeId = (show: number, episode: number): number => 20_000_000 + episode * shows + show
  await write(
    packed.basics,
    'basics',
    (function* () {
      for (let movie = 1; movie <= movies; movie++) {
        yield `${id(movie)}\tmovie\tMovie ${movie}\tMovie ${movie}\t0\t${1920 + movie % 100}\t\\N\t90\tDrama`
      }
      for (let show = 1; show <= shows; show++) {
        yield `${id(10_000_000 + show)}\ttvSeries\tShow ${show}\tShow ${show}\t0\t1990\t\\N\t\\N\tComedy`
      }
      // The episodes of a show lie far apart, as they do in the real file.
      for (let episode = 0; episode < episodesEach; episode++) {
        for (let show = 1; show <= shows; show++) {
          yield `${
            id(episodeId(show, episode))
          }\ttvEpisode\tEpisode ${episode} of show ${show}\tX\t0\t1991\t\\N\t25\tComedy`
        }
      }
    })(),
  )
  await write(
    packed.episodes,
    'episodes',
    (function* () {
      for (let episode = 0; episode < episodesEach; episode++) {
        for (let show = 1; show <= shows; show++) {
          yield `${id(episodeId(show, episode))}\t${id(10_000_000 + show)}\t${1 + Math.floor(episode / 20)}\t${
            1 + episode % 20
          }`
        }
      }
    })(),
  )
  await write(
    packed.ratings,
    'ratings',
    (function* () {
      for (let movie = 1; movie <= movies; movie++) yield `${id(movie)}\t7.0\t${movie}`
    })(),
  )
  return packed
}
