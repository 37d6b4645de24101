// Responses have titles in the language of the client; search finds titles by their names in any language.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('localised titles', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, {
    title: 'The Lives of Others',
    originalTitle: 'Das Leben der Anderen',
    translations: { fr: { title: 'La Vie des autres' }, es: { title: 'La vida de los otros' } },
    popularity: 10,
  })
  const show = await addShow(app, admin, { translations: { es: { title: 'Hotel Fawlty' } } })
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`
  await watch(kim, clock, movie, 20_000)
  await watch(kim, clock, show.episodes[0]!, 59_900)
  await kim.put(`${base}/wishlist/${movie}`)
  await kim.put(`${base}/ratings/${movie}`, { rating: 'love' })

  const titlesIn = (body: any): string[] =>
    [...JSON.stringify(body).matchAll(/"title":"([^"]*)"/g)].map(([, title]) => title!)
  const urls = {
    'the wishlist': `${base}/wishlist`,
    ratings: `${base}/ratings`,
    'continue watching': `${base}/continue-watching`,
    'the home page': `${base}/home`,
    'a home row': `${base}/home/wishlist`,
    search: '/v1/search?q=lives',
    'title lists': '/v1/titles',
  }
  for (const [name, url] of Object.entries(urls)) {
    const french = await kim.get(url, { 'accept-language': 'fr' })
    t.ok(titlesIn(french.body).includes('La Vie des autres'), `${name} in French`)
    t.notOk(titlesIn(french.body).includes('The Lives of Others'), `${name} in French only`)
    t.match(french.headers['content-language'], /fr/, name)
    t.match(french.headers['vary'], /Accept-Language/, name)
    t.ok(
      titlesIn((await kim.get(url)).body).includes('The Lives of Others'),
      `${name} in the language of the catalogue`,
    )
  }

  t.test('the continue button, a playback and the home page have localised episodes', async (t) => {
    const spanish = { 'accept-language': 'es' }
    const { body } = await kim.get(`${base}/continue`, spanish)
    t.match(
      body,
      { title: { title: 'Hotel Fawlty' }, item: { title: 'The Builders' } },
      'an episode without a translation has the title of the catalogue',
    )
    await admin.patch(`/v1/admin/shows/${show.id}/seasons/1/episodes/2`, {
      translations: { es: { title: 'Los constructores', synopsis: 'Obras en el hotel.' } },
    })
    t.match((await kim.get(`${base}/continue`, spanish)).body.item, { title: 'Los constructores' })
    t.match((await kim.get(`${base}/continue`)).body.item, { title: 'The Builders' })
    t.match((await kim.get(`${base}/home`, spanish)).body.rows[0].items.map(({ item }: any) => item.title), [
      'Los constructores',
    ])
    t.match((await kim.get('/v1/search?q=builders', spanish)).body.items[0].episode, { title: 'Los constructores' })
    t.equal(
      (await call(app, 'POST', `${base}/playback`, {
        token: kim.token,
        headers: spanish,
        body: { itemId: show.episodes[1] },
      })).body.item.title,
      'Los constructores',
    )
    await kim.delete(`${base}/continue-watching/${movie}`)
    t.equal(
      (await kim.get(`${base}/continue-watching/hidden`, spanish)).body.items[0].title.title,
      'La vida de los otros',
    )
    t.equal((await play(kim, movie)).body.item.title, 'The Lives of Others')
  })

  t.test('search finds a title in any language and highlights it in the language of the client', async (t) => {
    for (const query of ['la vie des autres', 'vida de los otros', 'la vida de los otos', 'Das Leben der Anderen']) {
      t.strictSame((await kim.get(`/v1/search?q=${encodeURIComponent(query)}`)).body.items.map(({ id }: any) => id), [
        movie,
      ], query)
    }
    const highlightsFor = async (query: string, language: string): Promise<unknown> =>
      (await kim.get(`/v1/search?q=${query}`, { 'accept-language': language })).body.items[0].highlights
        .map((
          { field, parts }: any,
        ) => [field, parts.filter(({ isMatch }: any) => isMatch).map(({ text }: any) => text).join('|')])
    t.strictSame(await highlightsFor('vie', 'fr'), [['title', 'Vie']])
    t.strictSame(await highlightsFor('vie', 'en'), [['alternativeTitle', 'Vie']])
    t.strictSame(
      await highlightsFor('lives', 'fr'),
      [['alternativeTitle', 'Lives']],
      'a title in another language is an alternative title',
    )
    t.strictSame(
      (await kim.get('/v1/search/suggestions?q=la%20vi', { 'accept-language': 'fr' })).body.items.map(({ text }: any) =>
        text
      ),
      ['La Vie des autres'],
    )
  })

  t.test('search follows changes of translations', async (t) => {
    await admin.patch(`/v1/admin/movies/${movie}`, { translations: { it: { title: 'Le vite degli altri' } } })
    t.strictSame((await kim.get('/v1/search?q=vite%20degli')).body.items.map(({ id }: any) => id), [movie])
    t.strictSame(
      (await kim.get('/v1/search?q=vida%20de%20los%20otros')).body.items.filter(({ id }: any) => id === movie),
      [],
    )
  })
})
