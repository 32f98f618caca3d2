"""Column names as words: what a header says in the languages that customer exports come in.

Receives a header and returns its words, and whether they say customer, order, date, amount and so on.
Case, underscores, camelCase, accents and German compounds make no difference.
"""

from __future__ import annotations

import re
import unicodedata

ID = frozenset("id ids no nr num number nummer numero key uid uuid guid identifier kennung ref codigo".split())
CUSTOMER = frozenset(
    "customer customers cust client clients kunde kunden user member buyer shopper cliente clientes klant klanten "
    "acheteur cardholder account acct subscriber patron mitglied utente socio abonne".split()
)
ORDER = frozenset(
    "invoice order orders receipt basket transaction txn trx rechnung rechnungs bestellung bestell auftrag auftrags "
    "beleg factura facture commande pedido fattura ordine bon ticket ordre".split()
)
DATE = frozenset("date datum fecha data dt datetime time timestamp day jour dia tag giorno zeitpunkt".split())
QUANTITY = frozenset(
    "quantity qty units unit menge anzahl cantidad quantite quantita pieces stueck stuck items count aantal".split()
)
PRICE = frozenset("price preis precio prix prezzo prijs".split())
AMOUNT = frozenset(
    "amount total revenue sales value spend spent betrag umsatz montant importe monto sum summe dollar turnover "
    "payment gross net importo totale bedrag".split()
)
WHOLE = frozenset("total line gesamt extended ext sum summe zeilen".split())  # "line price" is an amount
PRODUCT = frozenset(
    "product stock sku article artikel item ean upc producto produit articulo prodotto isbn asin material".split()
)
DISCOUNT = frozenset("discount rabatt descuento remise promo promotion sconto korting nachlass".split())
TEXT = frozenset("description desc beschreibung bezeichnung comment comments notes note remarks bemerkung".split())
PER_CUSTOMER = frozenset(  # a date or amount so named says something once per customer
    "last first birth join joined signup registration registered since dob birthday avg average mean max min "
    "letzte letzter erste erster ultima ultimo primera premier dernier derniere geburt enrolled enrollment".split()
)

OUTCOME = frozenset(
    "response responded churn churned converted conversion exited attrition attrited target abwanderung "
    "abgewandert kuendigung gekuendigt".split()
)
CAMPAIGN = frozenset("cmp campaign offer kampagne angebot campana campagne".split())
COMPLAINT = frozenset("complain complains complaint complained complaints".split())

DEMOGRAPHIC_CATEGORY = frozenset(
    "gender sex geschlecht sexo sexe country land pais pays nation nationality state city town stadt ort ciudad ville "
    "location education schooling bildung marital civil occupation job profession beruf religion ethnicity race "
    "language sprache zip zipcode postcode postal plz province county continent".split()
)
DEMOGRAPHIC_NUMBER = frozenset(
    "birth born yob dob birthday birthdate birthyear geburtsjahr geburtsdatum nacimiento naissance kids kidhome "
    "teenhome teens children child dependents household family adults kinder hijos enfants lat latitude lon lng "
    "longitude".split()
)
AGE = frozenset("age alter edad eta leeftijd".split())
CODE = frozenset(
    "code channel region type class cluster segment group category cat label zone district area branch store shop "
    "department dept status plan sector industry segmento grupo tipo canal clase kanal typ gruppe klasse filiale "
    "cohort".split()
)
WORTH = frozenset("monetary clv ltv revenue turnover umsatz lifetimevalue".split())
WORTH_OF = frozenset("spend spent spending amount revenue sales value charges purchases expenditure".split())

_SUFFIXES = ("nummer", "number", "datum", "date", "price", "preis", "betrag", "code", "nr", "no", "id", "key")
_PREFIXES = CUSTOMER | ORDER | PRODUCT | frozenset("unit einzel stueck stuck gesamt line".split())
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")


def header_words(name: str) -> tuple[str, ...]:
    """Return the words of a header, folded to plain lower case.

    Examples
    --------
    >>> header_words("CustomerID"), header_words("Annual Income (k$)"), header_words("Kundennummer")
    (('customer', 'id'), ('annual', 'income', 'k'), ('kunden', 'nummer'))
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("#", " no "))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    tokens = re.findall(r"[^\W_]+", " ".join(_CAMEL.split(plain)).casefold())
    return tuple(word for token in tokens for word in _parts(token))


def _parts(token: str) -> tuple[str, ...]:
    for suffix in _SUFFIXES:
        stem = token.removesuffix(suffix)
        if stem != token and stem in _PREFIXES:
            return stem, suffix
    return (token,)


def says(words: tuple[str, ...], meaning: frozenset[str]) -> bool:
    """Whether any of the words belongs to a meaning.

    Examples
    --------
    >>> says(header_words("Rechnungsdatum"), DATE)
    True
    """
    return any(w in meaning for w in words)


def id_likeness(words: tuple[str, ...]) -> int:
    """Return how much a header reads like the number of a customer: 4 surely, 0 not at all.

    Examples
    --------
    >>> [id_likeness(header_words(h)) for h in ("CUST_ID", "id", "client", "store id", "income")]
    [4, 3, 2, 1, 0]
    """
    if not words or "of" in words:
        return 0
    has_id = words[-1] in ID or words[0] in {"id", "nr", "numero", "codigo"}
    if says(words, CUSTOMER) and (has_id or words[-1] == "code"):
        return 4
    if len(words) == 1 and words[0] in {"id", "uid", "uuid", "guid", "identifier"}:
        return 3
    if len(words) == 1 and words[0] in CUSTOMER:
        return 2
    return 1 if has_id and len(words) > 1 else 0
