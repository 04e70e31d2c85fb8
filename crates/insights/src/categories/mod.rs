//! What movements were for: categories, subcategories and merchants, by what banks print.

mod rules;

pub use rules::{BadRule, BadRules, Merchant, Rules};

use domain::resources::transactions::{
    Subcategory, Subcategory as Sub, TransactionCategory, TransactionCategory as Of,
};

/// The subcategories of each category.
pub const TAXONOMY: &[(TransactionCategory, &[Subcategory])] = &[
    (Of::BillsUtilities, &[Sub::ElectricityEnergy, Sub::Rent, Sub::Telecommunications, Sub::Water]),
    (
        Of::CreditsLoans,
        &[
            Sub::Auto,
            Sub::CreditCard,
            Sub::Instalment,
            Sub::InterestCharges,
            Sub::Mortgage,
            Sub::PayAdvance,
            Sub::Personal,
        ],
    ),
    (Of::Deposits, &[]),
    (
        Of::FeesCharges,
        &[
            Sub::Adjustments,
            Sub::BankFees,
            Sub::Chargeback,
            Sub::Refund,
            Sub::BlockedBalances,
            Sub::Alimony,
        ],
    ),
    (
        Of::FoodGroceries,
        &[
            Sub::AlcoholTobacco,
            Sub::BakeryCoffee,
            Sub::BarsNightclubs,
            Sub::ConvenienceStore,
            Sub::Delivery,
            Sub::Groceries,
            Sub::Restaurants,
        ],
    ),
    (
        Of::HomeLife,
        &[
            Sub::Education,
            Sub::GymsFitness,
            Sub::HairBeauty,
            Sub::Health,
            Sub::HomeDecorAppliances,
            Sub::LaundryDryCleaning,
            Sub::Pharmacies,
            Sub::ProfessionalServices,
            Sub::VeterinaryServices,
        ],
    ),
    (
        Of::IncomePayments,
        &[Sub::Freelance, Sub::Interest, Sub::Retirement, Sub::Salary, Sub::Government],
    ),
    (Of::Insurance, &[Sub::HomeInsurance, Sub::AutoInsurance, Sub::HealthLifeInsurance]),
    (
        Of::InvestmentsSavings,
        &[
            Sub::Savings,
            Sub::FixedIncome,
            Sub::Equity,
            Sub::InvestmentFunds,
            Sub::Derivatives,
            Sub::Cryptocurrencies,
        ],
    ),
    (
        Of::OnlinePlatformsLeisure,
        &[
            Sub::AppsSoftwareAndCloudServices,
            Sub::EventsParksAndMuseums,
            Sub::Gambling,
            Sub::Gaming,
            Sub::Lottery,
            Sub::MovieAudio,
        ],
    ),
    (
        Of::PersonalShopping,
        &[
            Sub::BooksNews,
            Sub::ClothingAccessories,
            Sub::DepartmentStore,
            Sub::Electronics,
            Sub::ECommerce,
            Sub::Gifts,
            Sub::OfficeSupplies,
            Sub::PetSupplies,
        ],
    ),
    (
        Of::Taxes,
        &[
            Sub::AutoTaxFees,
            Sub::Donation,
            Sub::GovernmentFees,
            Sub::IncomeTax,
            Sub::RealEstateTaxFees,
            Sub::TaxReturn,
        ],
    ),
    (Of::Transfers, &[]),
    (
        Of::TransportTravel,
        &[
            Sub::Accommodation,
            Sub::AutoExpenses,
            Sub::AutoRental,
            Sub::Flights,
            Sub::Gas,
            Sub::MileagePrograms,
            Sub::ParkingTolls,
            Sub::PublicTransit,
            Sub::TaxisRideshares,
        ],
    ),
    (Of::Unknown, &[Sub::Other]),
    (Of::WithdrawalAtm, &[]),
];

/// What a movement was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label<'r> {
    /// What for.
    pub category: TransactionCategory,
    /// What for, more closely; one of the category's.
    pub subcategory: Option<Subcategory>,
    /// Who was paid or paid, where that is somebody known.
    pub merchant: Option<&'r Merchant>,
}

impl Label<'_> {
    /// Something was said, and nothing of it is known.
    pub const UNKNOWN: Self = Self {
        category: TransactionCategory::Unknown,
        subcategory: Some(Sub::Other),
        merchant: None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_place_in_the_taxonomy() {
        let categories: Vec<_> = TAXONOMY.iter().map(|(category, _)| *category).collect();
        assert_eq!(categories, TransactionCategory::ALL);
        let mut placed: Vec<_> = TAXONOMY.iter().flat_map(|(_, below)| below.iter()).collect();
        placed.sort_unstable();
        assert_eq!(placed, Subcategory::ALL.iter().collect::<Vec<_>>());
    }
}
