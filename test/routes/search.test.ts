import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow, uploadClip } from '../support/catalogue.js'
import { expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

interface Part {
  text: string
  isMatch: boolean
}
interface Hit {
  id: string
  title: string
  highlights: Array<{ field: string, parts: Part[] }>
  episode?: { season: number, episode: number, title: string }
}

async function search (client: TestUser, query: string, filters = ''): Promise<Hit[]> {
  const { body, status } = await client.get<{ items: Hit[] }>(`/v1/search?q=${encodeURIComponent(query)}${filters}`)
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.items
}

const titles = async (...args: Parameters<typeof search>): Promise<string[]> =>
  (await search(...args)).map(({ title }) => title)

/** The highlights, with matches in brackets. */
function toText ({ highlights }: Hit): string[] {
  return highlights.map(({ field, parts }) =>
    `${field}: ${parts.map(({ text, isMatch }) => isMatch ? `[${text}]` : text).join('')}`
  )
}

t.test('search', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const movies: Array<Record<string, unknown>> = [
    {
      title: 'The Godfather',
      releaseDate: '1972-03-24',
      genres: ['Drama', 'Crime'],
      maturityRating: 'R',
      popularity: 400_000,
      cast: [{ name: 'Marlon Brando', role: 'Vito Corleone' }, { name: 'Al Pacino' }],
      crew: [{ name: 'Francis Ford Coppola', role: 'Director' }],
    },
    {
      title: 'The Godfather: Part II',
      releaseDate: '1974-12-20',
      genres: ['Drama', 'Crime'],
      maturityRating: 'R',
      popularity: 300_000,
      cast: [{ name: 'Al Pacino' }, { name: 'Robert De Niro' }],
    },
    {
      title: 'Le Fabuleux destin d’Amélie Poulain',
      alternativeTitles: ['Amelie', 'Die fabelhafte Welt der Amélie'],
      releaseDate: '2001-11-02',
      genres: ['Comedy', 'Romance'],
      maturityRating: 'R',
      popularity: 200_000,
    },
    {
      title: 'Spirited Away',
      originalTitle: '千と千尋の神隠し',
      releaseDate: '2002-09-20',
      genres: ['Animation'],
      maturityRating: 'PG',
      popularity: 150_000,
    },
    {
      title: 'Toy Story',
      releaseDate: '1995-11-22',
      genres: ['Animation', 'Family'],
      maturityRating: 'G',
      popularity: 180_000,
      cast: [{ name: 'Tom Hanks', role: 'Woody' }],
    },
    { title: 'Alien', releaseDate: '1979-05-25', genres: ['Science Fiction'], maturityRating: 'R', popularity: 1 },
    { title: 'Alan', releaseDate: '1998-01-01', genres: ['Drama'], maturityRating: null, popularity: 9_000_000 },
    {
      title: 'Spider-Man',
      releaseDate: '2002-05-03',
      genres: ['Action'],
      maturityRating: 'PG-13',
      popularity: 170_000,
    },
  ]
  const ids: Record<string, string> = {}
  for (const movie of movies) ids[String(movie['title'])] = await addMovie(app, admin, movie, [])
  await uploadClip(app, admin, `movies/${ids['The Godfather']}`, '2160p-en')
  await uploadClip(app, admin, `movies/${ids['The Godfather: Part II']}`, '480p-en')
  const show = await addShow(app, admin)

  t.test('finds unfinished words without regard to case, accents and punctuation', async (t) => {
    t.equal((await titles(kim, 'godf'))[0], 'The Godfather')
    for (const query of ['AMÉLIE', 'amelie', 'Ame\u0301lie', 'destin amelie', 'ａｍｅｌｉｅ']) {
      t.equal((await titles(kim, query))[0], 'Le Fabuleux destin d’Amélie Poulain', query)
    }
    for (const query of ['spiderman', 'spider man', 'Spider-Man', 'spider-m']) {
      t.equal((await titles(kim, query))[0], 'Spider-Man', query)
    }
    for (const query of ['千と千尋', '千尋', '千']) t.equal((await titles(kim, query))[0], 'Spirited Away', query)
    t.strictSame((await titles(kim, 'the godfather part 2'))[0], 'The Godfather: Part II')
  })

  t.test('tolerates one edit in four letters, two in six, transpositions and phonetic spelling', async (t) => {
    for (
      const [typed, title] of [
        ['toi story', 'Toy Story'],
        ['godfther', 'The Godfather'],
        ['gdfathr', 'The Godfather'],
        ['spirted awya', 'Spirited Away'],
        ['fawltee towrs', 'Fawlty Towers'],
        ['speider man', 'Spider-Man'],
      ] as const
    ) {
      t.equal((await titles(kim, typed))[0], title, typed)
    }
    t.strictSame(await titles(kim, 'tbx'), [], 'three letters must be correct')
    t.strictSame(await titles(kim, 'gxdfxthxr'), [], 'three edits are too many')
  })

  t.test('lists exact matches before similar words, however popular', async (t) => {
    t.strictSame((await titles(kim, 'alien')).slice(0, 2), ['Alien', 'Alan'])
    t.strictSame((await titles(kim, 'alan')).slice(0, 2), ['Alan', 'Alien'])
  })

  t.test('lists popular titles first among equal matches', async (t) => {
    t.strictSame(await titles(kim, 'pacino'), ['The Godfather', 'The Godfather: Part II'])
    await admin.patch(`/v1/admin/movies/${ids['The Godfather: Part II']}`, { popularity: 500_000 })
    t.strictSame(await titles(kim, 'pacino'), ['The Godfather: Part II', 'The Godfather'])
    await admin.patch(`/v1/admin/movies/${ids['The Godfather: Part II']}`, { popularity: 300_000 })
  })

  t.test('finds alternative titles, people and episodes, and returns the matching parts without markup', async (t) => {
    t.strictSame(toText((await search(kim, 'godf'))[0]!), ['title: The [Godf]ather'])
    t.strictSame(toText((await search(kim, 'fabelhafte'))[0]!), ['alternativeTitle: Die [fabelhafte] Welt der Amélie'])
    t.strictSame(toText((await search(kim, '神隠'))[0]!), ['originalTitle: 千と千尋の[神隠]し'])
    t.strictSame(toText((await search(kim, 'brandoo'))[0]!), ['person: Marlon [Brando]'])
    t.strictSame(toText((await search(kim, 'de niro godfather'))[0]!), [
      'title: The [Godfather]: Part II',
      'person: Robert [De] [Niro]',
    ])
    const [hit] = await search(kim, 'touch of clas')
    t.match(hit, { id: show.id, title: 'Fawlty Towers', episode: { season: 1, episode: 1, title: 'A Touch of Class' } })
    t.strictSame(toText(hit!), ['episode: A [Touch] [of] [Clas]s'])
    t.match(
      (await search(kim, 'fawlty builders'))[0],
      { episode: { season: 1, episode: 2 } },
      'together with the name of the show',
    )
    t.notOk((await search(kim, 'fawlty towers'))[0]!.episode, 'the show itself is the best match')
  })

  t.test('has the filters of lists', async (t) => {
    t.strictSame(await titles(kim, 'the', '&genre=crime&type=movie'), ['The Godfather', 'The Godfather: Part II'])
    t.strictSame(await titles(kim, 'godfather', '&yearFrom=1973&yearTo=1980'), ['The Godfather: Part II'])
    t.strictSame(await titles(kim, 'godfather', '&rating=PG'), [])
    t.strictSame(await titles(kim, 'godfather', '&minHeight=2000'), ['The Godfather'])
    t.strictSame(await titles(kim, 'godfather', '&language=en&minHeight=400'), [
      'The Godfather',
      'The Godfather: Part II',
    ])
    t.strictSame(await titles(kim, 'fawlty', '&type=movie'), [])
    t.equal((await titles(kim, 'godfather', '&limit=1')).length, 1)
    const basic = await signUp(app, { plan: 'basic' })
    t.strictSame(
      await titles(basic, 'godfather', '&minHeight=480'),
      ['The Godfather: Part II'],
      'files that the plan cannot play do not count',
    )
    for (const invalid of ['limit=0', 'limit=101', 'type=book', 'colour=red']) {
      expectProblem(t, await kim.get(`/v1/search?q=x&${invalid}`), 'validation-failed', 400)
    }
    expectProblem(t, await kim.get('/v1/search'), 'validation-failed', 400)
  })

  t.test('returns only visible titles and names to a kids profile', async (t) => {
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const child = kim.with((await kim.post(`/v1/profiles/${kids}/select`)).body.accessToken)
    t.strictSame(await titles(child, 'story'), ['Toy Story'])
    for (const query of ['godfather', 'pacino', 'alan', 'touch of class', 'the']) {
      t.strictSame(await titles(child, query), [], query)
    }
    for (const query of ['godf', 'al pac', 'tom h']) {
      t.strictSame(
        (await child.get(`/v1/search/suggestions?q=${query}`)).body.items.map(({ text }: { text: string }) => text),
        query === 'tom h' ? ['Tom Hanks'] : [],
        query,
      )
    }
  })

  t.test('suggests distinct names that complete the query', async (t) => {
    const suggested = async (query: string): Promise<unknown[]> =>
      (await kim.get(`/v1/search/suggestions?q=${encodeURIComponent(query)}`)).body.items
    t.match(await suggested('godf'), [{ kind: 'movie', text: 'The Godfather', titleId: ids['The Godfather'] }, {
      kind: 'movie',
      text: 'The Godfather: Part II',
    }])
    t.strictSame(await suggested('al paci'), [{ kind: 'person', text: 'Al Pacino', titleId: null }])
    t.equal((await kim.get('/v1/search/suggestions?q=the&limit=2')).body.items.length, 2)
    expectProblem(t, await kim.get('/v1/search/suggestions?q=the&limit=21'), 'validation-failed', 400)
    t.strictSame(await suggested(' '), [])
  })

  t.test('finds genres, and counts all visible matches', async (t) => {
    const count = async (client: TestUser, query: string): Promise<number> =>
      (await client.get(`/v1/search?q=${encodeURIComponent(query)}&limit=1`)).body.total
    t.equal(await count(kim, 'godfather'), 2)
    t.equal(await count(kim, 'nothing of the kind'), 0)
    t.strictSame(await titles(kim, 'sci fi'), ['Alien'])
    t.strictSame(toText((await search(kim, 'sci fi'))[0]!), ['genre: [Science Fiction]'])
    t.strictSame(await titles(kim, 'crime dramas', '&yearTo=1973'), ['The Godfather'])
    t.strictSame(await titles(kim, 'animation', '&type=movie'), ['Toy Story', 'Spirited Away'])
    t.equal(await count(kim, 'animation'), 2)
    const kids = (await kim.get('/v1/profiles')).body.items.find((profile: { kids: boolean }) => profile.kids)
    const child = kim.with((await kim.post(`/v1/profiles/${kids.id}/select`)).body.accessToken)
    t.equal(await count(child, 'animation'), 1, 'only what the profile can see')
  })

  t.test('returns the state of the profile for each title', async (t) => {
    const profile = kim.with((await kim.post(`/v1/profiles/${kim.profileId}/select`)).body.accessToken)
    await profile.put(`/v1/profiles/${kim.profileId}/wishlist/${ids['Alien']}`)
    t.match((await search(profile, 'alien'))[0], { inWishlist: true, rating: null, progress: null })
    t.notOk('inWishlist' in (await search(kim, 'alien'))[0]!)
  })

  t.test('accepts any query of up to 200 characters', async (t) => {
    const queries: Record<string, string> = {
      blank: '  \t ',
      empty: '',
      'one letter': 't',
      'two hundred letters': 'a'.repeat(200),
      'a hundred words': 'a '.repeat(100),
      'long words': 'godfather'.repeat(22),
      'regular expression': '.*(a+)+$[^',
      emoji: '🍿🎬👨‍👩‍👧‍👦',
      'null byte': 'god\u0000father',
      'right to left': '\u202eجودفاذر\u202c',
      markup: '<script>alert(1)</script>',
      operators: '{"$gt":""} AND OR NOT * ~2',
      'many accents': `e${'\u0301'.repeat(199)}`,
      prototype: '__proto__ constructor',
    }
    for (const [name, query] of Object.entries(queries)) {
      const url = `q=${encodeURIComponent(query)}`
      t.equal((await kim.get(`/v1/search?${url}`)).status, 200, name)
      t.equal((await kim.get(`/v1/search/suggestions?${url}`)).status, 200, name)
    }
    t.equal((await titles(kim, 'god\u0000father'))[0], 'The Godfather', 'a null byte separates words')
    for (const tooLong of ['x'.repeat(201), 'x'.repeat(10_000), 'god '.repeat(1_000)]) {
      expectProblem(t, await kim.get(`/v1/search?q=${encodeURIComponent(tooLong)}`), 'validation-failed', 400)
    }
    const malformed = await kim.get('/v1/search?q=%E0%A4%A')
    t.ok([200, 400].includes(malformed.status), 'broken percent-encoding')
  })

  t.test('finds changes of a title with the next query', async (t) => {
    const id = await addMovie(app, admin, { title: 'Zanzibar Nights' }, [])
    t.strictSame(await titles(kim, 'zanzibar'), ['Zanzibar Nights'])
    await admin.patch(`/v1/admin/movies/${id}`, {
      title: 'Timbuktu Days',
      alternativeTitles: ['Ouagadougou', ' Ouagadougou '],
      cast: [{ name: 'Xavier Quux' }],
    })
    t.strictSame(await titles(kim, 'zanzibar'), [])
    for (const query of ['timbuktu', 'wagadugu ouagadougou', 'quux']) {
      t.strictSame(await titles(kim, query), ['Timbuktu Days'], query)
    }
    t.strictSame((await kim.get(`/v1/movies/${id}`)).body.alternativeTitles, ['Ouagadougou'])
    await admin.patch(`/v1/admin/movies/${id}`, { published: false })
    t.strictSame(await titles(kim, 'timbuktu'), [])
    await admin.patch(`/v1/admin/movies/${id}`, { published: true, alternativeTitles: [] })
    t.strictSame(await titles(kim, 'timbuktu'), ['Timbuktu Days'])
    t.strictSame(await titles(kim, 'ouagadougou'), [])
    await admin.delete(`/v1/admin/movies/${id}`)
    t.strictSame(await titles(kim, 'timbuktu'), [])
    await admin.put(`/v1/admin/shows/${show.id}/seasons/3/episodes/1`, { title: 'The Xylophone' })
    t.match((await search(kim, 'xylophone'))[0], { id: show.id, episode: { season: 3, episode: 1 } })
    await admin.delete(`/v1/admin/shows/${show.id}/seasons/3`)
    t.strictSame(await titles(kim, 'xylophone'), [])
  })

  t.test('rejects concurrent searches beyond the limit with a retry delay', async (t) => {
    const responses: TestResponse[] = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => await kim.get(`/v1/search?q=godfather%20${i}`)),
    )
    const rejected = responses.filter(({ status }) => status !== 200)
    for (const response of rejected.slice(0, 1)) expectProblem(t, response, 'search-busy', 503)
    t.ok(
      rejected.every(({ body, headers }) => body.code === 'search-busy' && headers['retry-after'] !== undefined),
      `${rejected.length} rejected`,
    )
    t.ok(responses.filter(({ status }) => status === 200).length >= 64)
    t.equal((await titles(kim, 'godf'))[0], 'The Godfather')
  })
})
