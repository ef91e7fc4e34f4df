//! What names and titles are made of.

pub(crate) const FIRST: [&str; 25] = [
    "Amber",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Falcon",
    "Granite",
    "Harbor",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Larch",
    "Meridian",
    "Northwind",
    "Opal",
    "Pioneer",
    "Quarry",
    "Rowan",
    "Summit",
    "Tundra",
    "Umber",
    "Vertex",
    "Willow",
    "Xenon",
    "Zephyr",
];

pub(crate) const SECOND: [&str; 12] = [
    "Analytics",
    "Bank",
    "Energy",
    "Foods",
    "Health",
    "Insurance",
    "Logistics",
    "Media",
    "Motors",
    "Networks",
    "Retail",
    "Systems",
];

/// Industry of the company whose second word stands at the same place.
pub(crate) const INDUSTRY: [&str; 12] = [
    "Software",
    "Financial Services",
    "Energy",
    "Consumer Goods",
    "Healthcare",
    "Insurance",
    "Transportation",
    "Media",
    "Automotive",
    "Telecommunications",
    "Retailing",
    "Technology",
];

pub(crate) const COUNTRIES: [&str; 6] =
    ["USA", "Germany", "France", "United Kingdom", "Japan", "Brazil"];

pub(crate) const GIVEN: [&str; 20] = [
    "Ada", "Bela", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kofi",
    "Lena", "Mira", "Noor", "Otto", "Priya", "Quinn", "Rosa", "Sven", "Tomoko",
];

pub(crate) const FAMILY: [&str; 20] = [
    "Abara", "Berg", "Costa", "Diaz", "Eder", "Fischer", "Garcia", "Haas", "Ito", "Jansen", "Kaya",
    "Lind", "Moreau", "Novak", "Okafor", "Petit", "Rossi", "Sato", "Tanaka", "Weber",
];
