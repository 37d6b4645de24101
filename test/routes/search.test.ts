import t from 'tap'
import {
  addMovie,
  addShow,
  expectProblem,
  signUp,
  signUpAdmin,
  startApp,
  upload,
  type Answer,
  type Person,
} from '../helper.js'

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

async function search (viewer: Person, query: string, filters = ''): Promise<Hit[]> {
  const { body, status } = await viewer.get<{ items: Hit[] }>(`/v1/search?q=${encodeURIComponent(query)}${filters}`)
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.items
}

const titles = async (...args: Parameters<typeof search>): Promise<string[]> =>
  (await search(...args)).map(({ title }) => title)

/** What is marked, in brackets. */
function marked ({ highlights }: Hit): string[] {
  return highlights.map(({ field, parts }) =>
    `${field}: ${parts.map(({ text, isMatch }) => isMatch ? `[${text}]` : text).join('')}`
  )
}

t.test('search', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const films: Array<Record<string, unknown>> = [
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
  for (const film of films) ids[String(film['title'])] = await addMovie(app, admin, film, [])
  await upload(app, admin, `movies/${ids['The Godfather']}`, '2160p-en')
  await upload(app, admin, `movies/${ids['The Godfather: Part II']}`, '480p-en')
  const show = await addShow(app, admin)

  t.test('finds what is being typed, whatever its case, accents and punctuation', async (t) => {
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

  t.test('forgives mistakes: one in four letters, two in six, swapped ones, words as they sound', async (t) => {
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
    t.strictSame(await titles(kim, 'tbx'), [], 'three letters have none')
    t.strictSame(await titles(kim, 'gxdfxthxr'), [], 'three mistakes are too many')
  })

  t.test('what was typed exactly comes before what is only like it, however popular', async (t) => {
    t.strictSame((await titles(kim, 'alien')).slice(0, 2), ['Alien', 'Alan'])
    t.strictSame((await titles(kim, 'alan')).slice(0, 2), ['Alan', 'Alien'])
  })

  t.test('the more popular comes first where both are as good', async (t) => {
    t.strictSame(await titles(kim, 'pacino'), ['The Godfather', 'The Godfather: Part II'])
    await admin.patch(`/v1/admin/movies/${ids['The Godfather: Part II']}`, { popularity: 500_000 })
    t.strictSame(await titles(kim, 'pacino'), ['The Godfather: Part II', 'The Godfather'])
    await admin.patch(`/v1/admin/movies/${ids['The Godfather: Part II']}`, { popularity: 300_000 })
  })

  t.test('finds other titles, people and episodes, and says what matched without any markup', async (t) => {
    t.strictSame(marked((await search(kim, 'godf'))[0]!), ['title: The [Godf]ather'])
    t.strictSame(marked((await search(kim, 'fabelhafte'))[0]!), ['alternativeTitle: Die [fabelhafte] Welt der Amélie'])
    t.strictSame(marked((await search(kim, '神隠'))[0]!), ['originalTitle: 千と千尋の[神隠]し'])
    t.strictSame(marked((await search(kim, 'brandoo'))[0]!), ['person: Marlon [Brando]'])
    t.strictSame(marked((await search(kim, 'de niro godfather'))[0]!), [
      'title: The [Godfather]: Part II',
      'person: Robert [De] [Niro]',
    ])
    const [hit] = await search(kim, 'touch of clas')
    t.match(hit, { id: show.id, title: 'Fawlty Towers', episode: { season: 1, episode: 1, title: 'A Touch of Class' } })
    t.strictSame(marked(hit!), ['episode: A [Touch] [of] [Clas]s'])
    t.match(
      (await search(kim, 'fawlty builders'))[0],
      { episode: { season: 1, episode: 2 } },
      'with the show named, too',
    )
    t.notOk((await search(kim, 'fawlty towers'))[0]!.episode, 'the show itself is no episode')
  })

  t.test('filters as lists do', async (t) => {
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
      'what the plan cannot play does not count',
    )
    for (const bad of ['limit=0', 'limit=101', 'type=book', 'colour=red']) {
      expectProblem(t, await kim.get(`/v1/search?q=x&${bad}`), 'validation-failed', 400)
    }
    expectProblem(t, await kim.get('/v1/search'), 'validation-failed', 400)
  })

  t.test('shows a child nothing that is not for children, not even a name', async (t) => {
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

  t.test('suggests names to complete, each once', async (t) => {
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

  t.test('carries what a profile has to do with a title', async (t) => {
    const bound = kim.with((await kim.post(`/v1/profiles/${kim.profileId}/select`)).body.accessToken)
    await bound.put(`/v1/profiles/${kim.profileId}/wishlist/${ids['Alien']}`)
    t.match((await search(bound, 'alien'))[0], { inWishlist: true, rating: null, progress: null })
    t.notOk('inWishlist' in (await search(kim, 'alien'))[0]!)
  })

  t.test('whatever is typed is answered, and soon', async (t) => {
    const hostile: Record<string, string> = {
      blank: '  \t ',
      nothing: '',
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
    for (const [what, query] of Object.entries(hostile)) {
      const url = `q=${encodeURIComponent(query)}`
      t.equal((await kim.get(`/v1/search?${url}`)).status, 200, what)
      t.equal((await kim.get(`/v1/search/suggestions?${url}`)).status, 200, what)
    }
    t.equal((await titles(kim, 'god\u0000father'))[0], 'The Godfather', 'a null byte only separates')
    for (const tooLong of ['x'.repeat(201), 'x'.repeat(10_000), 'god '.repeat(1_000)]) {
      expectProblem(t, await kim.get(`/v1/search?q=${encodeURIComponent(tooLong)}`), 'validation-failed', 400)
    }
    const malformed = await kim.get('/v1/search?q=%E0%A4%A')
    t.ok([200, 400].includes(malformed.status), 'broken percent-encoding')
  })

  t.test('what is written is found by the very next search', async (t) => {
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

  t.test('twenty other titles are allowed, twenty-one are not', async (t) => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `Name ${i}`)
    t.equal((await admin.patch(`/v1/admin/movies/${ids['Alan']}`, { alternativeTitles: names(20) })).status, 200)
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${ids['Alan']}`, { alternativeTitles: names(21) }),
      'validation-failed',
      400,
    )
  })

  t.test('many searches at once are all answered, or told to come again', async (t) => {
    const answers: Answer[] = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => await kim.get(`/v1/search?q=godfather%20${i}`)),
    )
    const refused = answers.filter(({ status }) => status !== 200)
    for (const answer of refused.slice(0, 1)) expectProblem(t, answer, 'search-busy', 503)
    t.ok(
      refused.every(({ body, headers }) => body.code === 'search-busy' && headers['retry-after'] !== undefined),
      `${refused.length} refused`,
    )
    t.ok(answers.filter(({ status }) => status === 200).length >= 64)
    t.equal((await titles(kim, 'godf'))[0], 'The Godfather')
  })
})
