"""Column names as words: what a header says in the languages that customer exports come in.

Receives a header and returns its words, and whether they say customer, order, date, amount and so on.
Case, underscores, camelCase, accents and German compounds make no difference.
"""

from __future__ import annotations

import re
import unicodedata


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set.

    Examples
    --------
    >>> sorted(word_set("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


ID = word_set("id ids no nr num number nummer numero key uid uuid guid identifier kennung ref codigo")
CUSTOMER = word_set(
    "customer customers cust client clients kunde kunden user member buyer shopper cliente clientes klant klanten "
    "acheteur cardholder account acct subscriber patron mitglied utente socio abonne"
)
ORDER = word_set(
    "invoice order orders receipt basket transaction txn trx rechnung rechnungs bestellung bestell auftrag auftrags "
    "beleg factura facture commande pedido fattura ordine bon ticket ordre"
)
DATE = word_set("date datum fecha data dt datetime time timestamp day jour dia tag giorno zeitpunkt")
QUANTITY = word_set(
    "quantity qty units unit menge anzahl cantidad quantite quantita pieces stueck stuck items count aantal"
)
PRICE = word_set("price preis precio prix prezzo prijs")
PIECE = word_set("unit unitario unitaire einzel stueck stuck piece each")
AMOUNT = word_set(
    "amount total revenue sales value spend spent betrag umsatz montant importe monto sum summe dollar turnover "
    "payment gross net importo totale bedrag"
)
WHOLE = word_set("total line gesamt extended ext sum summe zeilen")  # "line price" is an amount
SURCHARGE = word_set(  # money that is no purchase
    "freight shipping shipment delivery postage porto versand versandkosten envio livraison tax taxes vat mwst ust iva "
    "tva fee fees tip tips gratuity cost costs cogs margin profit commission installments instalments"
)
INCLUDED = word_set(
    "incl including inkl with after before excl excluding exkl net gross netto brutto"
)  # "total incl. tax"
PRODUCT = word_set(
    "product stock sku article artikel item ean upc producto produit articulo prodotto isbn asin material"
)
DISCOUNT = word_set("discount rabatt descuento remise promo promotion sconto korting nachlass")
TEXT = word_set("description desc beschreibung bezeichnung comment comments notes note remarks bemerkung")
PER_CUSTOMER = word_set(  # a date or amount so named says something once per customer
    "last first birth join joined signup registration registered since dob birthday avg average mean max min "
    "letzte letzter erste erster ultima ultimo primera premier dernier derniere geburt enrolled enrollment"
)

OUTCOME = word_set(
    "response responded churn churned converted conversion exited attrition attrited target abwanderung "
    "abgewandert kuendigung gekuendigt"
)
OUTCOME_ALONE = word_set("y outcome label deposit revenue purchase purchased bought defaulted")  # whole names
CAMPAIGN = word_set("cmp campaign offer kampagne angebot campana campagne")
COMPLAINT = word_set("complain complains complaint complained complaints")

DEMOGRAPHIC_CATEGORY = word_set(
    "gender sex geschlecht sexo sexe country land pais pays nation nationality state city town stadt ort ciudad ville "
    "location education schooling bildung marital civil occupation job profession beruf religion ethnicity race "
    "language sprache zip zipcode postcode postal plz province county continent"
)
DEMOGRAPHIC_NUMBER = word_set(
    "birth born yob dob birthday birthdate birthyear geburtsjahr geburtsdatum nacimiento naissance kids kidhome "
    "teenhome teens children child dependents household family adults kinder hijos enfants lat latitude lon lng "
    "longitude"
)
AGE = word_set("age alter edad eta leeftijd")
CODE = word_set(
    "code channel region type class cluster segment group category cat label zone district area branch store shop "
    "department dept status plan sector industry segmento grupo tipo canal clase kanal typ gruppe klasse filiale "
    "cohort"
)
WORTH = word_set("monetary clv ltv revenue turnover umsatz lifetimevalue")
WORTH_OF = word_set("spend spent spending amount revenue sales value charges purchases expenditure")

_NAMES_ALONE = word_set(
    "id ids uid uuid guid identifier key invoice receipt rechnung factura facture fattura sku ean upc isbn"
)
_SUFFIXES = ("nummer", "number", "datum", "date", "price", "preis", "betrag", "code", "nr", "no", "id", "key")
_PREFIXES = CUSTOMER | ORDER | PRODUCT | word_set("unit einzel stueck stuck gesamt line")
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


def is_identifier(words: tuple[str, ...]) -> bool:
    """Whether a header announces numbers that name something: a customer, an order, a product.

    Examples
    --------
    >>> [is_identifier(header_words(h)) for h in ("InvoiceNo", "sku", "order_id", "orders", "number of cds", "age")]
    [True, True, True, False, False, False]
    """
    if not words or "of" in words:
        return False
    if len(words) == 1:
        return words[0] in _NAMES_ALONE
    return words[-1] in ID | {"code"} and (words[-1] in _NAMES_ALONE or says(words, CUSTOMER | ORDER | PRODUCT))


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
