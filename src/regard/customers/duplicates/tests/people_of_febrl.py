"""The febrl sets as customers, and splink run by hand on the same files: what Regard is held against."""

import csv
import logging

from regard.customers.models import Profile

FIELDS = (
    "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id"
)  # fmt: skip


def files(folder, number):
    return [folder / f"febrl{number}{part}.csv" for part in (("a", "b") if number == 4 else ("",))]


def bring_in(workspace, folder, number):
    """Each record a customer. Returns the pairs that are one person, by the ids of their profiles, the lower first."""
    made, names = [], []
    for file in files(folder, number):
        with file.open(newline="") as rows:
            for row in csv.DictReader(rows):
                traits = {name: row[name].strip() for name in FIELDS if row[name].strip()}
                full = f"{traits.get('given_name', '')} {traits.get('surname', '')}".strip()
                made.append(Profile(workspace=workspace, name=full, traits=traits))
                names.append(row["rec_id"].strip())
    Profile.objects.bulk_create(made, batch_size=1_000)
    of = {name: profile.pk for name, profile in zip(names, made, strict=True)}
    with (folder / f"febrl{number}_links.csv").open(newline="") as rows:
        return {tuple(sorted((of[row["a"].strip()], of[row["b"].strip()]))) for row in csv.DictReader(rows)}


def f1(found, true):
    return 2 * len(found & true) / (len(found) + len(true))


def by_hand(folder, number, *, threshold=0.5):
    """A plain script over the files, as one would write it for just these. Returns pairs and truth, by record."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    columns = ", ".join(f"nullif(trim({name}), '') as {name}" for name in FIELDS)
    paths = [str(file) for file in files(folder, number)]
    con.execute(
        f"create table people as select row_number() over () as unique_id, trim(rec_id) as rec_id, {columns} "
        f"from read_csv({paths!r}, all_varchar=true)"
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            *(
                cl.JaroWinklerAtThresholds(name, [0.9, 0.7]).configure(term_frequency_adjustments=True)
                for name in ("given_name", "surname", "address_1", "address_2", "suburb")
            ),
            *(cl.DamerauLevenshteinAtThresholds(name, [1, 2]) for name in ("date_of_birth", "soc_sec_id")),
            *(cl.DamerauLevenshteinAtThresholds(name, [1]) for name in ("postcode", "street_number")),
            cl.ExactMatch("state").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("date_of_birth"), block_on("postcode"), block_on("address_1"), block_on("address_2"),
            block_on("given_name", "surname"), block_on("suburb"),
        ],
        retain_intermediate_calculation_columns=True,
    )  # fmt: skip
    linker = Linker(DuckDBAPI(connection=con).register("people"), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id", "given_name"), block_on("date_of_birth", "surname"), block_on("given_name", "surname", "postcode")], recall=0.7
    )  # fmt: skip
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("soc_sec_id"), block_on("date_of_birth"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    table = linker.inference.predict(threshold_match_probability=threshold).physical_name
    found = con.execute(
        f"select least(a.rec_id, b.rec_id), greatest(a.rec_id, b.rec_id) from {table} t "
        "join people a on a.unique_id = t.unique_id_l join people b on b.unique_id = t.unique_id_r"
    ).fetchall()
    with (folder / f"febrl{number}_links.csv").open(newline="") as rows:
        true = {tuple(sorted((row["a"].strip(), row["b"].strip()))) for row in csv.DictReader(rows)}
    return set(found), true
